// R4 and R21 over HTTP: a disk that is full, and one that may not be written.
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>

#include "tests/api/support/crowd.h"
#include "tests/api/support/faults.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

Json numbered(int number) {
  const std::string id = "c" + std::to_string(number);
  Json event = contact("crm", id, 1, {{"email", id + "@edge.example"}});
  event["occurred_at"] = same_event_at;
  return event;
}

// Waits for /readyz to say this; false when it does not within the time.
bool becomes(const TruceProcess& truce, int status, seconds time) {
  const auto end = steady_clock::now() + time;
  while (truce.get("/readyz").status != status) {
    if (steady_clock::now() > end) return false;
  }
  return true;
}

// Sends events while every write fails with `error`: what is refused is not there, what can be read
// is, and with the fault everything else goes.
void check_refusals(int error, int status, const std::string& code) {
  const PolicyFolder folder;
  Faults faults(folder);
  TruceProcess truce(folder, {}, faults.wrap());
  REQUIRE(truce.listens());
  for (int number = 0; number < 5; ++number) truce.ingest(numbered(number));
  const auto entries = entries_by_event(truce);

  faults->write_errno = error;
  for (int number = 5; number < 10; ++number) {
    const Reply refused = truce.post("/v1/events", numbered(number));
    INFO(refused.text);
    CHECK(refused.status == status);
    CHECK(refused.code() == code);
  }
  const Reply ready = truce.get("/readyz");
  CHECK(ready.status == 503);
  CHECK(ready.code() == code);
  CHECK(truce.get("/healthz").status == 200);
  CHECK(truce.get("/v1/records/contact?system=crm&id=c1").status == 200);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
  CHECK(entries_by_event(truce) == entries);

  faults->write_errno = 0;
  CHECK(becomes(truce, 200, seconds(5)));
  for (int number = 5; number < 10; ++number) {
    CHECK(truce.ingest(numbered(number)).at("outcome") == "applied");
  }
  truce.signal(SIGTERM);
  CHECK(truce.wait() == 0);
  const TruceProcess again(folder);
  CHECK(entries_by_event(again).size() == 10);
  CHECK(again.get("/v1/audit/verify").body.at("ok") == true);
}

}  // namespace

TEST_CASE("R4 a full disk refuses events with 507, is seen in /readyz, and is over by itself") {
  if (Faults::are_possible()) check_refusals(ENOSPC, 507, "store-full");
}

TEST_CASE("R21 a disk that becomes read-only refuses events with 503 and says why") {
  if (Faults::are_possible()) check_refusals(EROFS, 503, "store-read-only");
}

TEST_CASE("R21 where the database cannot be made nothing starts, and the message says so") {
  const PolicyFolder folder;
  // Not writable, not even for root.
  const Ended ended = run_truce({"serve", "--policy", folder.path("policy.json"), "--db",
                                 "/proc/truce.db", "--listen", "127.0.0.1:0"});
  INFO(ended.err);
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("/proc/truce.db") != std::string::npos);
}

}  // namespace truce::test
