// A run and the fast loop share one writer: a run's piece breaks off where an event waits.
#include "engine/runtime/reconciler.h"
#include "engine/runtime/writer.h"
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

constexpr int contacts = 60;

class StandingClock : public Clock {
 public:
  explicit StandingClock(Time now) : now_(now) {}
  Time now() override { return now_; }

 private:
  Time now_;
};

// Somebody who comes in the middle of a run: at its tenth golden record.
class Interrupting : public FakeIds {
 public:
  std::string next(const char* prefix) override {
    if (std::string(prefix) == "g" && ++goldens_ == 10) come();
    return FakeIds::next(prefix);
  }
  std::function<void()> come;

 private:
  int goldens_ = 0;
};

std::vector<Json> many(const std::string& prefix) {
  std::vector<Json> records;
  for (int i = 0; i < contacts; ++i) {
    const std::string n = std::to_string(i);
    records.push_back({{"id", prefix + n}, {"email", "p" + n + "@example.com"}, {"name", "P"}});
  }
  return records;
}

int goldens_in(ReadView& store) {
  int count = 0;
  for (int i = 0; i < contacts; ++i) {
    const RecordId id("c" + std::to_string(i));
    count += store.find_source(SystemName("crm"), EntityName("contact"), id).has_value();
  }
  return count;
}

}  // namespace

TEST_CASE(
    "an event that comes in the middle of a piece waits for a few records and not for its end") {
  Office office({text_field("name")});
  const Snapshots snapshots{{"crm", many("c")}, {"desk", many("d")}};
  const RunId run(open_in(office, snapshots)["id"]);
  for (const auto& [system, records] : snapshots) {
    send_page(office, run, system, records, office.now);
  }
  REQUIRE(office.run([&](Context& context) {
    return complete_run(context, run, {{"complete", {"crm", "desk"}}});
  }));

  StandingClock clock(office.now);
  Interrupting ids;
  PolicyInForce policy{{office.policy, ""}};
  const Surroundings surroundings{*office.store, clock, ids, policy, office.secrets};
  Writer writer(surroundings, nullptr);
  std::future<Result<Json>> event;
  ids.come = [&] {
    event = writer.submit(
        {"test", [](Context& context) -> Result<Json> { return Json(goldens_in(context.store)); }});
  };
  Reconciler reconciler(surroundings, writer, std::chrono::milliseconds(10));
  REQUIRE(reconciler.wait_for_end(0, std::chrono::steady_clock::now() + std::chrono::minutes(1)));

  const int done_before = event.get().value();
  CHECK(done_before >= 10);
  CHECK(done_before < contacts / 2);
  CHECK(goldens_in(*office.store->read()) == contacts);
  const Json report = report_of(office, run);
  CHECK(report["state"] == "done");
  CHECK(report["matched"] == contacts);
  CHECK(report["compared"] == 2 * contacts);
}

// Nobody hears of a comparison whose history is to be asked for
// (docs/decisions/asking-who-was-last.md).
TEST_CASE("what a comparison writes waits for no answer, what waited before it goes on waiting") {
  Office office({text_field("name"), R"("create_in": [])",
                 R"("crm": {"precedence": 1, "history_wait_ms": 15000},
                    "desk": {"precedence": 2, "history_wait_ms": 15000})"});
  office.both_know({{"name", "Ada"}});
  const auto shows = [](const char* id, const char* name) {
    return Json{{"id", id}, {"email", "ada@example.com"}, {"name", name}};
  };
  office.advance(60'000);
  const Time earlier = office.now;
  office.advance(60'000);
  SECTION("both edits were lost") {
    reconcile(office, {{"crm", {shows("c1", "Grete")}}, {"desk", {shows("d1", "Grace")}}});
    CHECK(office.claim_all().size() == 1);
  }
  SECTION("an event told of one, and somebody was asked") {
    office.says("crm", "c1", {{"name", "Grete"}});
    office.deliver_all();
    const Json asked =
        office.says("desk", "d1", {{"name", "Grace"}},
                    {{"changed", {"name"}}, {"occurred_at", to_rfc3339(earlier)}}, true);
    REQUIRE(asked.contains("fetch"));
    REQUIRE(office.claim_all().empty());
    const Json waiting = office.waiting();
    REQUIRE_FALSE(waiting.empty());
    reconcile(office, {{"crm", {shows("c1", "Grete")}}, {"desk", {shows("d1", "Grete")}}});
    CHECK(office.claim_all().empty());
    CHECK(office.waiting() == waiting);
  }
}

}  // namespace truce::test
