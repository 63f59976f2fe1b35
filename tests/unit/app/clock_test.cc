// R17: a clock that jumps, ahead and back again.
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t year_ms = 365 * 24 * hour_ms;

const Json transient{{"error", {{"class", "transient"}, {"message", "later"}}}};

Json edit_in_flight(Office& office, const std::string& name) {
  const Json answer = office.says("crm", "c1", {{"name", name}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  return answer["deliveries"][0];
}

}  // namespace

TEST_CASE("R17 a lease that was given while the clock was ahead ends in its own time") {
  for (const std::int64_t ahead_ms : {hour_ms, 10 * year_ms}) {
    Office office({text_field("name")});
    office.both_know({{"name", "Ada"}});
    office.advance(ahead_ms);
    const Json lost = edit_in_flight(office, "Grace");
    office.advance(-ahead_ms);
    office.sweep_all();
    // Its holder is not robbed of it …
    office.advance(50'000);
    office.sweep_all();
    CHECK(office.claim_all().empty());
    // … and does not keep it for years.
    office.advance(2 * minute_ms);
    office.sweep_all();
    const Json again = office.claim_all();
    REQUIRE(again.size() == 1);
    CHECK(again[0]["idempotency_key"] == lost["idempotency_key"]);
    CHECK(again[0]["attempt"] == 2);
    CHECK(office.delivered(lost)["error"]["code"] == "lease-lost");
    CHECK(office.delivered(again[0])["state"] == "delivered");
  }
}

TEST_CASE("R17 a retry that was planned while the clock was ahead is not kept waiting for years") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  office.advance(10 * year_ms);
  const Json delivery = edit_in_flight(office, "Grace");
  CHECK(office.settle_as(delivery, "failed", transient)["state"] == "waiting");
  office.advance(-10 * year_ms);
  office.sweep_all();
  CHECK(office.claim_all().size() == 1);
}

TEST_CASE("R17 a retry that was planned by a right clock is kept to after a jump and back") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  const Json delivery = edit_in_flight(office, "Grace");
  Json later = transient;
  later["error"]["retry_after_s"] = 7200;
  CHECK(office.settle_as(delivery, "failed", later)["state"] == "waiting");
  office.advance(hour_ms);
  office.happens("delete", "crm", "nobody");  // whatever moves the trail
  office.advance(-hour_ms);
  office.sweep_all();
  CHECK(office.claim_all().empty());
  office.advance(2 * hour_ms);
  CHECK(office.claim_all().size() == 1);
}

TEST_CASE("R17 a jump ahead makes leases end, and what was in flight is handed out again") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  const Json delivery = edit_in_flight(office, "Grace");
  office.advance(10 * year_ms);
  office.sweep_all();
  const Json again = office.claim_all();
  REQUIRE(again.size() == 1);
  CHECK(again[0]["idempotency_key"] == delivery["idempotency_key"]);
  office.advance(1000 - 10 * year_ms);
  CHECK(office.delivered(again[0])["state"] == "delivered");
  CHECK(office.shown("name") == "Grace");
}

TEST_CASE("R17 the trail's times never go back, and its sequences have no gap") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  for (const std::int64_t jump_ms :
       {hour_ms, -2 * hour_ms, 10 * year_ms, -70 * year_ms, 61 * year_ms}) {
    office.advance(jump_ms);
    office.says("crm", "c1", {{"name", "after " + std::to_string(jump_ms)}});
    office.sweep_all();
  }
  const std::vector<AuditEntry> trail = office.audit();
  for (std::size_t i = 1; i < trail.size(); ++i) {
    CHECK(trail[i].sequence == trail[i - 1].sequence + 1);
    CHECK(trail[i].at >= trail[i - 1].at);
  }
}

TEST_CASE("R17 retention goes on after the clock was set back") {
  Office office({text_field("name")});
  office.advance(10 * year_ms);
  office.sweep_all();
  office.advance(-10 * year_ms);
  office.both_know({{"name", "Ada"}});
  const EventKey key(office.says("crm", "c1", {{"name", "Eve"}})["event_key"].get<std::string>());
  CHECK(office.store->read()->find_raw(key));
  office.advance(40 * 24 * hour_ms);
  office.sweep_all();
  CHECK_FALSE(office.store->read()->find_raw(key));
}

}  // namespace truce::test
