// R11 and R13: workers that come too late, and records that never succeed.
#include <catch2/catch.hpp>
#include <set>

#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

Json settle(const TruceProcess& truce, const Json& delivery, Json result) {
  result["id"] = delivery.at("id");
  result["attempt"] = delivery.at("attempt");
  const Reply reply = truce.post("/v1/deliveries/settle", {{"results", Json::array({result})}});
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body.at("results").at(0);
}

Json claim(const TruceProcess& truce, const Json& request) {
  const Reply reply = truce.post("/v1/deliveries/claim", request);
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body.at("deliveries");
}

// A contact that both systems have, and an edit that waits to be written to desk.
void wait_with_update(const TruceProcess& truce, const std::string& number) {
  const std::string email = number + "@edge.example";
  const Json first = truce.ingest(contact("crm", "c" + number, 1, {{"email", email}}));
  settle(truce, first.at("deliveries").at(0),
         {{"status", "delivered"}, {"record_id", "d" + number}});
  truce.post("/v1/events", {{"events", {contact("crm", "c" + number, 100, {{"name", "Rose"}})}},
                            {"hand_out", false}});
}

// What another worker gets, once the lease of the first is over.
Json claim_after_lease(const TruceProcess& truce) {
  const auto patience = steady_clock::now() + seconds(20);
  while (steady_clock::now() < patience) {
    const Json due = claim(truce, {{"lease_ms", 600'000}});
    if (!due.empty()) return due.at(0);
  }
  FAIL("the delivery did not come again");
  return {};
}

std::vector<Json> entries_of(const TruceProcess& truce, const std::string& delivery) {
  std::vector<Json> found;
  for (const Json& entry : truce.audit()) {
    if (entry.at("kind") == "delivery" && entry.at("body").at("delivery") == delivery) {
      found.push_back(entry.at("body"));
    }
  }
  return found;
}

}  // namespace

TEST_CASE("a longer lease is asked for within the bounds of a claim, and is never a shorter one") {
  const World world;
  wait_with_update(world.truce, "1");
  const Json due = claim(world.truce, {{"lease_ms", 600'000}});
  REQUIRE(due.size() == 1);
  const auto extend = [&](const Json& more) {
    Json item{{"id", due.at(0).at("id")}, {"attempt", due.at(0).at("attempt")}};
    item.update(more);
    return world.truce.post("/v1/deliveries/extend", {{"results", {item}}})
        .body.at("results")
        .at(0);
  };
  const Json ends = due.at(0).at("lease_expires_at");
  CHECK(extend(Json::object()).at("lease_expires_at") == ends);
  CHECK(extend({{"lease_ms", 1}}).at("lease_expires_at") == ends);
  const std::string two_hours_on = extend({{"lease_ms", 7'200'000}}).at("lease_expires_at");
  CHECK(parse_time(two_hours_on).value() >=
        parse_time(ends.get<std::string>()).value() + Duration::of_ms(6'000'000));
  const auto extend_all = [&](const Json& lease_ms) {
    return world.truce.post("/v1/deliveries/extend",
                            {{"lease_ms", lease_ms}, {"results", {{{"id", due.at(0).at("id")}}}}});
  };
  const std::string four_hours_on =
      extend_all(14'400'000).body.at("results").at(0).at("lease_expires_at");
  CHECK(parse_time(four_hours_on).value() >
        parse_time(two_hours_on).value() + Duration::of_ms(7'000'000));
  CHECK(extend_all(0).status == 422);
  CHECK(extend({{"lease_ms", 1}}).at("lease_expires_at") == four_hours_on);
  for (const Json& lease : {Json(-5), Json(0), Json("abc"), Json(86'400'001)}) {
    const Json error = extend({{"lease_ms", lease}}).at("error");
    CHECK(error.at("code") == (lease.is_string() ? "type-mismatch" : "number-out-of-range"));
    CHECK(error.at("pointer") == "/lease_ms");
  }
}

TEST_CASE("a worker that asks for a system that the policy has not is told so") {
  const World world;
  const Reply reply = world.truce.post("/v1/deliveries/claim", {{"system", "dsek"}});
  CHECK(reply.status == 422);
  CHECK(reply.code() == "unknown-system");
  CHECK(world.truce.post("/v1/deliveries/claim", {{"system", "desk"}}).status == 200);
}

TEST_CASE("R11 a worker that slept past its lease is refused and audited; one result counts") {
  const World world;
  const int rounds = at_night(50, 3);
  for (int round = 0; round < rounds; ++round) {
    wait_with_update(world.truce, std::to_string(round));
    const Json due = claim(world.truce, {{"lease_ms", 50}});
    REQUIRE(due.size() == 1);
    const Json& slept = due.at(0);
    const Json taken = claim_after_lease(world.truce);
    CHECK(taken.at("id") == slept.at("id"));
    CHECK(taken.at("attempt") == slept.at("attempt").get<int>() + 1);
    CHECK(taken.at("idempotency_key") == slept.at("idempotency_key"));

    // It wakes up before the other has finished, and once more after that.
    const Json early = settle(world.truce, slept, {{"status", "failed"}});
    CHECK(early.at("error").at("code") == "lease-lost");
    CHECK(settle(world.truce, taken, {{"status", "delivered"}}).at("state") == "delivered");
    const Json late = settle(world.truce, slept, {{"status", "delivered"}});
    CHECK(late.at("error").at("code") == "lease-lost");

    int completed = 0;
    std::vector<Json> refused;
    for (const Json& body : entries_of(world.truce, slept.at("id").get<std::string>())) {
      completed += body.value("state", "") == "delivered";
      if (body.contains("refused")) refused.push_back(body);
    }
    CHECK(completed == 1);
    REQUIRE(refused.size() == 2);
    CHECK(refused[0].at("refused") == "lease-lost");
    CHECK(refused[0].at("attempt") == slept.at("attempt"));
    CHECK(refused[0].at("status") == "failed");
    CHECK(refused[1].at("status") == "delivered");
  }
  const Reply stats = world.truce.get("/v1/stats");
  CHECK(stats.body.at("fast_loop").at("deliveries").at("desk").at("delivered") == 2 * rounds);
}

TEST_CASE("R13 a record that always fails and events that make no sense hold up none of 1000") {
  const World world;
  constexpr int good = 1000;
  Json events = Json::array();
  for (int number = 0; number <= good; ++number) {
    const std::string id = number == 0 ? "poison" : "c" + std::to_string(number);
    events.push_back(contact("crm", id, 1, {{"email", id + "@edge.example"}}));
    if (number % 100 == 0) events.push_back({{"system", "crm"}, {"entity", "contact"}});
    if (number % 100 == 50) events.push_back("no event");
  }
  const auto begin = steady_clock::now();
  const Reply taken =
      world.truce.post("/v1/events", {{"events", std::move(events)}, {"hand_out", false}});
  REQUIRE(taken.status == 200);
  std::set<std::string> delivered;
  int failures = 0;
  while (delivered.size() < good && steady_clock::now() - begin < seconds(60)) {
    Json results = Json::array();
    for (const Json& delivery : claim(world.truce, {{"limit", 100}})) {
      const bool is_poison = delivery.at("fields").at("mail") == "poison@edge.example";
      Json result = {{"id", delivery.at("id")}, {"attempt", delivery.at("attempt")}};
      if (is_poison) {
        ++failures;
        result["status"] = "failed";
        result["error"] = {{"class", "transient"}, {"status", 500}, {"message", "always"}};
      } else {
        result["status"] = "delivered";
        result["record_id"] = "d" + delivery.at("id").get<std::string>();
        delivered.insert(delivery.at("id").get<std::string>());
      }
      results.push_back(std::move(result));
    }
    if (results.empty()) continue;
    const Reply settled = world.truce.post("/v1/deliveries/settle", {{"results", results}});
    REQUIRE(settled.status == 200);
    for (const Json& answer : settled.body.at("results")) CHECK(answer.count("error") == 0);
  }
  CHECK(steady_clock::now() - begin < seconds(10));
  CHECK(delivered.size() == good);
  CHECK(failures >= 1);
  CHECK(world.truce.get("/v1/deliveries?state=delivered&limit=1000").body.at("deliveries").size() ==
        good);
  CHECK(world.truce.get("/v1/deliveries?state=waiting").body.at("deliveries").size() == 1);
}

}  // namespace truce::test
