// A whole engine in memory for tests: store, clock and ids that the test decides.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/app/ingest.h"
#include "engine/app/outbox.h"
#include "engine/app/queue.h"
#include "engine/app/records.h"
#include "engine/app/sweep.h"
#include "engine/core/policy/parse_policy.h"
#include "engine/store/memory/memory_store.h"

namespace truce::test {

class FakeIds : public Ids {
 public:
  std::string next(const char* prefix) override {
    std::string digits = std::to_string(++count_);
    return prefix + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits;
  }
  double chance() override { return 0.5; }

 private:
  int count_ = 0;
};

inline PolicyPtr policy_of(const std::string& text) {
  const PolicyReading reading = parse_policy(text);
  for (const Finding& finding : reading.findings) {
    if (finding.severity == Finding::Severity::error) {
      FAIL("policy: " << finding.pointer << ": " << finding.message);
    }
  }
  REQUIRE(reading.policy);
  return reading.policy;
}


class World {
 public:
  explicit World(const std::string& policy_text)
      : policy(policy_of(policy_text)), store(make_memory_store()) {}
  explicit World(PolicyPtr given) : policy(std::move(given)), store(make_memory_store()) {}

  // Runs one use case in one committed transaction.
  template <class Work>
  auto run(Work&& work) {
    auto transaction = store->begin();
    Context context{*transaction, *policy, ids, now, transforms, secrets, "test"};
    context.migrating = migrating;
    auto result = work(context);
    const auto committed = transaction->commit();
    if (!committed) FAIL("commit: " << committed.error().message);
    return result;
  }

  std::vector<Json> send_all(const std::vector<Json>& events, bool hand_out = true) {
    IngestOptions options;
    options.hand_out = hand_out;
    return run([&](Context& context) {
      std::vector<ReadEvent> read;
      for (const Json& event : events) {
        read.push_back(read_event({context.policy, context.transforms, context.secrets}, event));
      }
      std::vector<Json> answers;
      for (const Outcome& outcome : ingest_all(context, ReadEvents(std::move(read)), options)) {
        answers.push_back(parse_json(outcome.answer).value());
      }
      return answers;
    });
  }
  Json send(const Json& event, bool hand_out = true) { return send_all({event}, hand_out).front(); }
  Json send(const std::string& event, bool hand_out = true) {
    return send(json_of(event), hand_out);
  }

  Json claim_all(const std::string& system = {}) {
    ClaimRequest request;
    request.system = SystemName(system);
    request.limit = 1000;
    return run([&](Context& context) { return claim(context, request); })["deliveries"];
  }
  Json settle_one(const Json& result) {
    return run([&](Context& context) { return settle(context, result); });
  }
  Json delivered(const Json& delivery, const std::string& record_id = {}) {
    Json result{{"id", delivery["id"]}, {"attempt", delivery["attempt"]}, {"status", "delivered"}};
    if (!record_id.empty()) result["record_id"] = record_id;
    return settle_one(result);
  }
  Result<Json> answer(const std::string& item, const Json& body) {
    return run(
        [&](Context& context) { return resolve_exception(context, ExceptionId(item), body, {}); });
  }
  void sweep_all() {
    for (int i = 0; i < 100; ++i) {
      if (!run([](Context& context) { return sweep(context); })) return;
    }
  }
  void advance(std::int64_t ms) { now = now + Duration::of_ms(ms); }

  Json record(const std::string& golden, const std::string& entity = "contact") {
    auto view = store->read();
    Reader reader{*view, *policy, secrets, now};
    auto found = read_record(reader, EntityName(entity), GoldenId(golden));
    REQUIRE(found);
    return *found;
  }
  Json explained(const std::string& golden, const std::string& field,
                 const std::string& entity = "contact") {
    auto view = store->read();
    Reader reader{*view, *policy, secrets, now};
    auto found = explain_record(reader, EntityName(entity), GoldenId(golden), FieldName(field));
    REQUIRE(found);
    return (*found)["fields"][0];
  }
  Json history_of(const std::string& golden, const std::string& entity = "contact") {
    auto view = store->read();
    Reader reader{*view, *policy, secrets, now};
    auto found = record_history(reader, EntityName(entity), GoldenId(golden));
    REQUIRE(found);
    return (*found)["entries"];
  }
  std::vector<ExceptionItem> open_items() {
    ExceptionFilter filter;
    filter.unanswered = true;
    filter.limit = 1000;
    return store->read()->list_exceptions(filter);
  }
  std::vector<Delivery> deliveries_in(DeliveryState state) {
    DeliveryFilter filter;
    filter.state = state;
    filter.limit = 1000;
    return store->read()->list_deliveries(filter);
  }

  PolicyPtr policy;
  const Migrating* migrating = nullptr;
  Transforms* transforms = nullptr;
  std::unique_ptr<Store> store;
  FakeIds ids;
  Secrets secrets{std::string(32, 's'), std::string(32, 't')};
  Time now = Time::of_ms(1'780'000'000'000);
};

}  // namespace truce::test
