// R10: an event that is sent many times, at once or after a crash, is applied once.
#include <catch2/catch.hpp>
#include <csignal>
#include <vector>

#include "tests/api/support/crowd.h"
#include "tests/api/support/faults.h"
#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

Json event_of(int round) {
  const std::string id = "c" + std::to_string(round);
  Json event = contact("crm", id, 1, {{"email", id + "@edge.example"}, {"name", "Name of " + id}});
  event["occurred_at"] = same_event_at;
  return event;
}

}  // namespace

TEST_CASE("R10 of 64 that send one event at once one applies it, and all get its outcome") {
  const World world;
  constexpr int senders = 64;
  const int rounds = at_night(200, 20);
  std::vector<std::vector<Json>> outcomes(senders, std::vector<Json>(rounds));
  run_crowd(world.truce, senders, [&](Client& client, int number) {
    for (int round = 0; round < rounds; ++round) {
      outcomes[number][round] =
          outcome_of(client.send("POST", "/v1/events", to_wire(event_of(round))));
    }
  });
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    std::vector<Json> applied;
    for (const auto& of_sender : outcomes) {
      REQUIRE(of_sender[round].is_object());
      if (of_sender[round].at("outcome") == "applied") applied.push_back(of_sender[round]);
    }
    REQUIRE(applied.size() == 1);
    CHECK(applied[0].at("deliveries").size() == 1);
    for (const auto& of_sender : outcomes) {
      if (of_sender[round] == applied[0]) continue;
      REQUIRE(of_sender[round].at("outcome") == "duplicate");
      REQUIRE(of_sender[round].at("first") == as_first(applied[0]));
      REQUIRE(of_sender[round].at("deliveries").empty());
    }
  }
  const auto entries = entries_by_event(world.truce);
  CHECK(entries.size() == static_cast<std::size_t>(rounds));
  for (const auto& [key, count] : entries) CHECK(count == 1);
}

TEST_CASE("R10 an event whose answer was lost in a crash is a duplicate when it is sent again") {
  if (!Faults::are_possible()) return;
  const PolicyFolder folder;
  const int rounds = at_night(50, 6);
  int applied_before_the_crash = 0;
  for (int round = 0; round < rounds; ++round) {
    {
      const Faults faults(folder);
      TruceProcess truce(folder, {}, faults.wrap());
      REQUIRE(truce.listens());
      faults->sync_that_kills = 1;
      CHECK(truce.post("/v1/events", event_of(round)).status == 0);
      CHECK(truce.wait() == 128 + SIGKILL);
    }
    const TruceProcess truce(folder);
    REQUIRE(truce.listens());
    const Json again = truce.ingest(event_of(round));
    applied_before_the_crash += again.at("outcome") == "duplicate";
    const Json& applied = again.at("outcome") == "duplicate" ? again.at("first") : again;
    CHECK(applied.at("outcome") == "applied");
    CHECK(applied.at("deliveries").size() == 1);
    const Json third = truce.ingest(event_of(round));
    CHECK(third.at("outcome") == "duplicate");
    CHECK(third.at("first") == as_first(applied));
  }
  // The sync that killed it was its own commit's, unless the sweep came between.
  CHECK(applied_before_the_crash > rounds / 2);
  const TruceProcess truce(folder);
  const auto entries = entries_by_event(truce);
  CHECK(entries.size() == static_cast<std::size_t>(rounds));
  for (const auto& [key, count] : entries) CHECK(count == 1);
  const Reply outbox = truce.get("/v1/deliveries?limit=1000");
  CHECK(outbox.body.at("deliveries").size() == static_cast<std::size_t>(rounds));
}

}  // namespace truce::test
