#include "sidecar/alerts/recent_work.h"

#include <catch2/catch.hpp>

#include "engine/core/audit/audit_chain.h"
#include "engine/store/memory/memory_store.h"

namespace truce {

namespace {

constexpr Time noon = Time::of_ms(1'780'000'020'000);
constexpr Duration minute = Duration::of_ms(60'000);

Policy crm_and_desk() {
  Policy policy;
  for (const char* name : {"crm", "desk"}) {
    policy.systems[SystemName(name)].name = SystemName(name);
  }
  return policy;
}

// A store with a trail, and what is known of it after a start at `noon`.
class Trail {
 public:
  Trail& event(const std::string& system, Time at) {
    return append("event", {{"system", system}, {"outcome", "applied"}}, at);
  }
  Trail& result(const std::string& system, const std::string& status, Time at) {
    return append("delivery", {{"system", system}, {"status", status}, {"state", "waiting"}}, at);
  }
  Trail& append(const std::string& kind, const Json& body, Time at) {
    const auto transaction = store_->begin();
    transaction->append_audit(
        next_entry(transaction->last_audit(), at, kind, "n8n", {}, {}, {}, to_wire(body)));
    REQUIRE(transaction->commit());
    ++entries_;
    return *this;
  }
  std::uint64_t entries() const { return entries_; }

  RecentWork known(const Json& noted = Json::object()) const {
    RecentWork work;
    work.restore(parse_json(to_wire(noted)).value(), *store_->read(), noon);
    work.keep(crm_and_desk(), noon);
    return work;
  }

 private:
  std::unique_ptr<Store> store_ = make_memory_store();
  std::uint64_t entries_ = 0;
};

}  // namespace

TEST_CASE("what was noted, and what the trail says of later, is known after a restart") {
  Trail trail;
  trail.event("crm", noon - Duration{120 * minute.us});
  trail.result("desk", "failed", noon - minute);
  RecentWork before;
  before.hear("crm", noon - Duration{120 * minute.us});
  before.settle("desk", {1, 1}, noon - minute);
  const Json noted = before.stored(trail.entries());
  trail.event("desk", noon - minute);
  trail.result("desk", "failed", noon - minute).result("desk", "delivered", noon);

  const RecentWork after = trail.known(noted);
  CHECK(after.last_heard().at("crm") == noon - Duration{120 * minute.us});
  CHECK(after.last_heard().at("desk") == noon - minute);
  CHECK(after.settled().at("desk").all == 3);
  CHECK(after.settled().at("desk").failed == 2);
}

TEST_CASE("where nothing was noted, the trail of the failure window is read") {
  Trail trail;
  trail.result("desk", "failed", noon - Duration{16 * minute.us});
  trail.result("desk", "failed", noon - Duration{2 * minute.us});
  const RecentWork work = trail.known();
  CHECK(work.settled().at("desk").all == 1);
  CHECK(work.last_heard().at("crm") == noon);  // never heard: it counts from now
}

TEST_CASE("only results that were taken count") {
  Trail trail;
  trail.append("delivery", {{"delivery", "d1"}, {"status", "failed"}, {"refused", "lease-lost"}},
               noon);
  trail.append("delivery", {{"delivery", "d1"}, {"system", "desk"}, {"state", "verifying"}}, noon);
  trail.append("decision", {{"system", "desk"}, {"status", "failed"}}, noon);
  CHECK(trail.known().settled().empty());
}

TEST_CASE("results are over after the failure window, and a silence with its system") {
  RecentWork work;
  work.hear("bill", noon);
  work.settle("desk", {4, 2}, noon);
  work.keep(crm_and_desk(), noon + Duration{14 * minute.us});
  CHECK(work.settled().at("desk").failed == 2);
  CHECK_FALSE(work.last_heard().contains("bill"));
  work.keep(crm_and_desk(), noon + failure_window);
  CHECK(work.settled().empty());
}

TEST_CASE("a clock that was set back leaves nothing in the future") {
  RecentWork work;
  work.hear("crm", noon);
  work.settle("crm", {1, 1}, noon);
  work.keep(crm_and_desk(), noon - Duration{60 * minute.us});
  CHECK(work.settled().empty());
  CHECK(work.last_heard().at("crm") == noon - Duration{60 * minute.us});
}

}  // namespace truce
