// R17: the wall clock jumps while the process works.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/api/support/crowd.h"
#include "tests/api/support/faults.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t year_s = 365 * 24 * hour_s;

Json numbered(int number) {
  const std::string id = "c" + std::to_string(number);
  return contact("crm", id, 1, {{"email", id + "@edge.example"}});
}

// An event whose deliveries are leased for a moment only.
Json ingest(const TruceProcess& truce, int number) {
  const Reply reply = truce.post("/v1/events?lease_ms=300", numbered(number));
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body.at("results").at(0);
}

// Claims and settles until all of desk's creates have arrived; false when they do not.
bool delivers_all(const TruceProcess& truce, std::size_t count) {
  const auto end = steady_clock::now() + seconds(10);
  while (steady_clock::now() < end) {
    const Reply claimed = truce.post("/v1/deliveries/claim", {{"limit", 100}});
    Json results = Json::array();
    for (const Json& delivery : claimed.body.at("deliveries")) {
      const bool looks_up = delivery.at("op") == "lookup";
      results.push_back({{"id", delivery.at("id")},
                         {"attempt", delivery.at("attempt")},
                         {"status", looks_up ? "absent" : "delivered"}});
      if (!looks_up) results.back()["record_id"] = "d" + delivery.at("id").get<std::string>();
    }
    if (!results.empty()) truce.post("/v1/deliveries/settle", {{"results", results}});
    const Reply done = truce.get("/v1/deliveries?state=delivered&limit=1000");
    if (done.body.at("deliveries").size() == count) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("R17 when the clock jumps nothing is lost, nothing waits for years, the trail holds") {
  if (!Faults::are_possible()) return;
  const auto [name, offset_s] =
      GENERATE(table<std::string, std::int64_t>({{"an hour ahead", hour_s},
                                                 {"ten years ahead", 10 * year_s},
                                                 {"an hour back", -hour_s},
                                                 {"back to the seventies", -50 * year_s}}));
  INFO(name);
  const PolicyFolder folder;
  Faults faults(folder);
  TruceProcess truce(folder, {}, faults.wrap());
  REQUIRE(truce.listens());
  // Leased before, during and after the jump, by somebody who will not come back.
  for (int number = 0; number < 15; ++number) {
    faults->clock_offset_s = number / 5 == 1 ? offset_s : 0;
    CHECK(ingest(truce, number).at("outcome") == "applied");
  }
  CHECK(delivers_all(truce, 15));
  std::string before;
  for (const Json& entry : truce.audit()) {
    const std::string at = entry.at("at").get<std::string>();
    CHECK(before <= at);
    before = at;
  }
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
  CHECK(entries_by_event(truce).size() == 15);
}

}  // namespace truce::test
