// R29: work for a long time leaves no descriptor open and takes no more memory.
#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/api/support/crowd.h"
#include "tests/api/support/nightly.h"
#include "tests/api/support/process_numbers.h"
#include "tests/api/support/sanitized.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int clients = 8;
constexpr int events_per_second = 200;
constexpr int contacts = 1000;
constexpr double mebibyte = 1 << 20;

// An edit of one of the contacts, with what a client does then; each tenth request is a wrong one,
// and each other one comes on a connection of its own.
class Worker {
 public:
  Worker(const TruceProcess& truce, Client& client, int number)
      : truce_(truce), kept_(client), number_(number) {}

  // False where the answer is not the one that must come.
  bool work(int turn) {
    const std::string id = std::to_string((turn * clients + number_) % contacts);
    const Json event = contact("crm", "c" + id, 0,
                               {{"email", id + "@edge.example"},
                                {"name", "Name " + std::to_string(turn)},
                                {"amount", std::to_string(turn) + ".50"}});
    Client fresh(truce_.port(), truce_.token());
    Client& client = turn % 2 == 0 ? kept_ : fresh;
    const Reply reply = client.send("POST", "/v1/events", to_wire(event));
    if (reply.status != 200) return false;
    Json results = Json::array();
    for (const Json& delivery : reply.body.at("results").at(0).at("deliveries")) {
      results.push_back({{"id", delivery.at("id")},
                         {"attempt", delivery.at("attempt")},
                         {"status", "delivered"},
                         {"record_id", "d" + id}});
    }
    if (!results.empty() &&
        client.send("POST", "/v1/deliveries/settle", to_wire({{"results", results}})).status !=
            200) {
      return false;
    }
    if (turn % 10 == 3) return client.send("POST", "/v1/events", "{oops").status == 400;
    if (turn % 10 == 5) {
      return client.send("GET", "/v1/records/contact?system=crm&id=c" + id).status == 200;
    }
    if (turn % 10 == 7) return client.send("GET", "/v1/changes?limit=10").status == 200;
    return true;
  }

 private:
  const TruceProcess& truce_;
  Client& kept_;
  int number_;
};

double metric(const TruceProcess& truce, const std::string& name) {
  const std::string text = truce.get("/metrics").text;
  const std::size_t at = text.find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + name.size() + 2));
}

// At the rate, for so long. Gives how many answers were wrong.
int run_load(const TruceProcess& truce, seconds length, int& first_turn) {
  const auto begin = steady_clock::now();
  const int turns = static_cast<int>(length.count()) * events_per_second / clients;
  std::atomic<int> wrong = 0;
  run_crowd(truce, clients, [&](Client& client, int number) {
    Worker worker(truce, client, number);
    for (int turn = 0; turn < turns; ++turn) {
      std::this_thread::sleep_until(begin + turn * clients * seconds(1) / events_per_second);
      wrong += !worker.work(first_turn + turn);
    }
  });
  first_turn += turns;
  return wrong;
}

struct Use {
  double descriptors = 0;
  double resident_mib = 0;
};

// Once the load's connections are closed.
Use use_at_rest(const TruceProcess& truce) {
  const auto end = steady_clock::now() + seconds(20);
  while (metric(truce, "truce_http_connections_open") > 1 && steady_clock::now() < end) {
  }
  return {metric(truce, "process_open_fds"),
          static_cast<double>(resident_bytes(truce.pid())) / mebibyte};
}

// What is late by more than seconds does not come here: so the histories must stay short as well.
struct ShortMemory : Folder {
  ShortMemory() {
    std::string policy = contact_policy();
    policy.insert(policy.find("\"version\""), "\"history_window\": \"20s\", ");
    write("policy.json", policy);
  }
};

// Of one source record, by the file of a truce that was stopped.
std::int64_t longest_body(const std::string& path) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(database, "SELECT max(length(body)) FROM source_record", -1,
                             &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t bytes = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return bytes;
}

}  // namespace

TEST_CASE("R29 200 events a second for a long time leave no descriptor and take no memory",
          "[scale]") {
  const ShortMemory folder;
  TruceProcess truce(folder);
  const seconds length = in_a_week(seconds(3600), seconds(300), seconds(8));
  int turn = 0;
  // Every contact was there once, every reader's connection to the database is open once, and every
  // cache has its first pages.
  std::atomic<int> warmed = 0;
  CHECK(run_load(truce, in_a_week(seconds(600), seconds(60), seconds(6)), turn) == 0);
  run_crowd(truce, 32, [&](Client& client, int) {
    for (int i = 0; i < 20; ++i) warmed += client.send("GET", "/v1/stats").status == 200;
  });
  CHECK(warmed > 0);
  const Use before = use_at_rest(truce);
  const auto begin = steady_clock::now();
  CHECK(run_load(truce, length, turn) == 0);
  const std::chrono::duration<double, std::ratio<60>> minutes = steady_clock::now() - begin;
  const Use after = use_at_rest(truce);
  WARN("descriptors " << before.descriptors << " and " << after.descriptors << ", resident "
                      << before.resident_mib << " and " << after.resident_mib << " MiB, in "
                      << minutes.count() << " min");
  CHECK(after.descriptors == before.descriptors);
  // 1 MiB a minute; a short run has no more than the noise of the allocator.
  if (!is_sanitized) {
    CHECK(after.resident_mib - before.resident_mib < std::max(4.0, minutes.count()));
  }
  // At night the machine is ours, and the rate is part of the promise.
  if (is_nightly()) CHECK(minutes.count() * 60 < static_cast<double>(length.count()) * 1.5);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
  truce.signal(SIGTERM);
  CHECK(truce.wait() == 0);
  CHECK(longest_body(folder.path("truce.db")) < 64 * 1024);
}

}  // namespace truce::test
