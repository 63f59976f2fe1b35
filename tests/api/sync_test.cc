// R2 and R3: no answer before its commit is synced, and none after a sync that failed.
#include <catch2/catch.hpp>
#include <csignal>
#include <map>
#include <mutex>
#include <set>

#include "tests/api/support/crowd.h"
#include "tests/api/support/faults.h"
#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Json event_of(const std::string& id) {
  Json event = contact("crm", id, 1, {{"email", id + "@edge.example"}});
  event["occurred_at"] = same_event_at;
  return event;
}

std::string name_of(int client, int turn) {
  return "c" + std::to_string(client) + "-" + std::to_string(turn);
}

// What all clients together know of their events.
struct Known {
  std::mutex mutex;
  std::map<std::string, Json> answered;  // by record id
  std::set<std::string> refused;         // nothing was done
  std::set<std::string> unknown;         // done once or not at all
  int answered_too_late = 0;             // sent when the sync had failed already, and yet 200
  std::set<std::string> codes;           // of all refusals

  void note(const std::string& id, const Reply& reply, bool sent_too_late) {
    const std::lock_guard lock(mutex);
    if (reply.status == 200) {
      answered[id] = outcome_of(reply);
      answered_too_late += sent_too_late;
      return;
    }
    if (reply.status != 0) codes.insert(std::to_string(reply.status) + " " + reply.code());
    (reply.code() == "shutting-down" ? refused : unknown).insert(id);
  }
};

void work_until_refused(Client& client, int number, int round, const Faults& faults, Known& known) {
  for (int turn = 0;; ++turn) {
    const std::string id = std::to_string(round) + "-" + name_of(number, turn);
    const bool too_late = faults->sync_failed != 0;
    const Reply reply = client.send("POST", "/v1/events", to_wire(event_of(id)));
    known.note(id, reply, too_late);
    if (reply.status == 0) return;
  }
}

}  // namespace

TEST_CASE("R2 with many clients at once no answer comes without a sync that covers it") {
  if (!Faults::are_possible()) return;
  const PolicyFolder folder;
  const Faults faults(folder);
  const TruceProcess truce(folder, {}, faults.wrap());
  REQUIRE(truce.listens());
  constexpr int clients = 64;
  const int turns = at_night(50, 5);
  std::atomic<int> answers = 0;
  std::atomic<int> uncovered = 0;
  const std::int64_t before = faults->syncs_begun;
  run_crowd(truce, clients, [&](Client& client, int number) {
    for (int turn = 0; turn < turns; ++turn) {
      const std::int64_t begun = faults->syncs_begun;
      const Reply reply =
          client.send("POST", "/v1/events", to_wire(event_of(name_of(number, turn))));
      answers += reply.status == 200;
      // Its commit came after it was sent, so a sync that began after that has ended.
      uncovered += reply.status == 200 && faults->syncs_done <= begun;
    }
  });
  CHECK(answers == clients * turns);
  CHECK(uncovered == 0);
  const std::int64_t syncs = faults->syncs_done - before;
  WARN(answers << " answers, " << syncs << " syncs");
  CHECK(syncs >= 1);
  CHECK(syncs <= answers);
}

TEST_CASE("R3 where a sync takes half a second no answer comes earlier") {
  if (!Faults::are_possible()) return;
  const PolicyFolder folder;
  const Faults faults(folder);
  const TruceProcess truce(folder, {}, faults.wrap());
  REQUIRE(truce.listens());
  faults->sync_delay_ms = 500;
  constexpr int clients = 16;
  std::atomic<int> answers = 0;
  std::atomic<int> too_early = 0;
  run_crowd(truce, clients, [&](Client& client, int number) {
    for (int turn = 0; turn < 2; ++turn) {
      const auto sent_at = steady_clock::now();
      const Reply reply =
          client.send("POST", "/v1/events", to_wire(event_of(name_of(number, turn))));
      answers += reply.status == 200;
      too_early += steady_clock::now() - sent_at < milliseconds(500);
    }
  });
  CHECK(answers == 2 * clients);
  CHECK(too_early == 0);
  // Readers and health do not wait for the disk.
  const auto begin = steady_clock::now();
  CHECK(truce.get("/healthz").status == 200);
  CHECK(truce.get("/v1/records/contact?system=crm&id=c0-0").status == 200);
  CHECK(steady_clock::now() - begin < milliseconds(450));
}

TEST_CASE("R3 after a failed sync nothing more is answered, and what was answered is there once") {
  if (!Faults::are_possible()) return;
  const PolicyFolder folder;
  const int rounds = at_night(30, 3);
  Known known;
  for (int round = 0; round < rounds; ++round) {
    const Faults faults(folder);
    TruceProcess truce(folder, {}, faults.wrap());
    REQUIRE(truce.listens());
    faults->sync_failed = 0;
    faults->sync_that_fails = 1 + round * 7;
    run_crowd(truce, 8, [&](Client& client, int number) {
      work_until_refused(client, number, round, faults, known);
    });
    CHECK(truce.wait() == 3);
    CHECK(faults->sync_failed == 1);
  }
  CHECK(known.answered_too_late == 0);
  CHECK_FALSE(known.answered.empty());
  for (const std::string& code : known.codes) {
    INFO(code);
    CHECK((code == "503 store-unknown-outcome" || code == "503 shutting-down"));
  }
  CHECK(known.codes.count("503 store-unknown-outcome") == 1);

  const TruceProcess truce(folder);
  REQUIRE(truce.listens());
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
  const auto entries = entries_by_event(truce);
  for (const auto& [key, count] : entries) CHECK(count == 1);
  for (const auto& [id, outcome] : known.answered) {
    INFO(id);
    CHECK(entries.count(outcome.at("event_key").get<std::string>()) == 1);
  }
  for (const std::string& id : known.refused) {
    INFO(id);
    CHECK(truce.ingest(event_of(id)).at("outcome") == "applied");
  }
  for (const std::string& id : known.unknown) {
    const Json outcome = truce.ingest(event_of(id));
    INFO(id);
    CHECK((outcome.at("outcome") == "applied" || outcome.at("outcome") == "duplicate"));
  }
  for (const auto& [key, count] : entries_by_event(truce)) CHECK(count == 1);
}

}  // namespace truce::test
