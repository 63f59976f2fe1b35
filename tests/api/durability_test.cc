// What an answer means, and how the process ends.

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "tests/api/support/crowd.h"
#include "tests/api/support/faults.h"
#include "tests/api/support/nightly.h"
#include "tests/api/support/sanitized.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

// The sum of the calls column of `strace -c` for the calls that make things durable.
int syncs_in(const std::string& summary) {
  int syncs = 0;
  std::istringstream lines(summary);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("fsync") == std::string::npos && line.find("fdatasync") == std::string::npos) {
      continue;
    }
    std::istringstream columns(line);
    std::string percent, seconds, per_call;
    int calls = 0;
    columns >> percent >> seconds >> per_call >> calls;
    syncs += calls;
  }
  return syncs;
}

Json numbered(int number) {
  const std::string id = "c" + std::to_string(number);
  return contact("crm", id, 1, {{"email", id + "@edge.example"}});
}

}  // namespace

TEST_CASE("R2 every answer to a lone client costs a sync") {
  if (!has_program("strace") || is_sanitized) {
    WARN("skipped: there is no strace, or a sanitizer that does not work under it");
    return;
  }
  const PolicyFolder folder;
  const std::string summary = folder.path("syncs");
  TruceProcess truce(folder, {}, [&](std::vector<std::string> command) {
    std::vector<std::string> wrapped = {"strace", "-f",   "-c", "-e", "trace=fsync,fdatasync",
                                        "-o",     summary};
    wrapped.insert(wrapped.end(), command.begin(), command.end());
    return wrapped;
  });
  if (!truce.listens()) {
    WARN("skipped: strace may not trace here");
    return;
  }
  for (int number = 0; number < 100; ++number) truce.ingest(numbered(number));
  truce.signal(SIGTERM);
  CHECK(truce.wait() == 0);
  CHECK(syncs_in(read_file(summary)) >= 100);
}

TEST_CASE("R3 many clients share commits, and each gets its own answer") {
  const World world;
  constexpr int clients = 16;
  constexpr int turns = 20;
  std::atomic<int> applied = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      Client connection(world.truce.port(), world.truce.token());
      for (int turn = 0; turn < turns; ++turn) {
        const Reply reply =
            connection.send("POST", "/v1/events", to_wire(numbered(client * turns + turn)));
        if (reply.status == 200 && reply.body.at("results").at(0).at("outcome") == "applied") {
          ++applied;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(applied == clients * turns);
  CHECK(world.truce.get("/v1/audit/verify").body.at("ok") == true);
}

TEST_CASE("R5 at the file size limit nothing is answered that is not there, and it stays alive") {
  const PolicyFolder folder;
  TruceProcess truce(folder, {}, [](const std::vector<std::string>& command) {
    std::string line = "ulimit -f 2048; exec";
    for (const std::string& word : command) line += " '" + word + "'";
    return std::vector<std::string>{"bash", "-c", line};
  });
  REQUIRE(truce.listens());
  int answered = 0;
  Reply last;
  for (int number = 0; number < 3000; ++number) {
    last = truce.post("/v1/events", numbered(number));
    if (last.status != 200) break;
    ++answered;
  }
  INFO(last.text);
  CHECK((last.status == 507 || last.status == 503));
  CHECK(truce.get("/healthz").status == 200);
  // The log is emptied into the file meanwhile, so there may be room for a few more.
  for (int number = 5000; number < 5050; ++number) {
    if (truce.post("/v1/events", numbered(number)).status == 200) ++answered;
  }
  int entries = 0;
  for (const Json& entry : truce.audit()) {
    if (entry.at("kind") == "event") ++entries;
  }
  CHECK(entries == answered);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
}

TEST_CASE("R14 SIGTERM finishes what was taken; every answer holds after the restart") {
  const PolicyFolder folder;
  std::vector<std::string> answered;
  std::mutex mutex;
  std::atomic<int> sent = 0;
  const int rounds = at_night(50, 4);
  for (int round = 0; round < rounds; ++round) {
    TruceProcess truce(folder);
    REQUIRE(truce.listens());
    std::vector<std::unique_ptr<Client>> idle;
    for (int i = 0; i < 100; ++i) {
      idle.push_back(std::make_unique<Client>(truce.port(), truce.token()));
      REQUIRE(idle.back()->send("GET", "/healthz").status == 200);
    }
    const int target = sent + 20 + round * 7 % 50;
    std::vector<std::thread> clients;
    for (int client = 0; client < 8; ++client) {
      clients.emplace_back([&] {
        Client connection(truce.port(), truce.token());
        while (true) {
          const int number = sent++;
          const Reply reply = connection.send("POST", "/v1/events", to_wire(numbered(number)));
          if (reply.status != 200) return;
          const std::lock_guard lock(mutex);
          answered.push_back(reply.body.at("results").at(0).at("event_key").get<std::string>());
        }
      });
    }
    while (sent < target) std::this_thread::yield();
    const auto begin = std::chrono::steady_clock::now();
    truce.signal(SIGTERM);
    CHECK(truce.wait() == 0);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
    for (std::thread& client : clients) client.join();
  }
  const TruceProcess truce(folder);
  const auto entries = entries_by_event(truce);
  CHECK_FALSE(answered.empty());
  for (const std::string& key : answered) CHECK(entries.at(key) == 1);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
}

TEST_CASE("R14 whoever waits for an answer when SIGTERM comes gets it") {
  if (!Faults::are_possible()) return;
  const PolicyFolder folder;
  const Faults faults(folder);
  TruceProcess truce(folder, {}, faults.wrap());
  REQUIRE(truce.listens());
  faults->sync_delay_ms = 1000;
  constexpr int clients = 8;
  std::atomic<int> answers = 0;
  std::thread crowd([&] {
    run_crowd(truce, clients, [&](Client& client, int number) {
      answers += client.send("POST", "/v1/events", to_wire(numbered(number))).status == 200;
    });
  });
  // In the queue, or in the group whose commit is under way.
  const auto in_work = [&] {
    const std::string text = truce.get("/metrics").text;
    const std::string name = "\ntruce_http_connections_open ";
    return std::stoi(text.substr(text.find(name) + name.size()));
  };
  while (in_work() < clients + 1) std::this_thread::yield();
  truce.signal(SIGTERM);
  CHECK(truce.wait() == 0);
  crowd.join();
  CHECK(answers == clients);
}

TEST_CASE("R14 while it drains /readyz is red; a second signal ends it at once") {
  const PolicyFolder folder;
  TruceProcess truce(folder, {"--drain-ms", "60000"});
  REQUIRE(truce.get("/readyz").status == 200);
  truce.signal(SIGTERM);
  Reply ready = truce.get("/readyz");
  while (ready.status == 200) ready = truce.get("/readyz");
  CHECK(ready.status == 503);
  CHECK(ready.code() == "shutting-down");
  CHECK(truce.get("/healthz").status == 200);
  const auto begin = std::chrono::steady_clock::now();
  truce.signal(SIGTERM);
  CHECK(truce.wait() == 3);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("R17 an answer's order is the store's, whatever the events' times say") {
  const World world;
  std::uint64_t last = 0;
  for (const char* time :
       {"2026-05-01T00:00:00Z", "1970-01-02T00:00:00Z", "2026-06-30T23:59:60Z"}) {
    Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}, {"name", time}});
    event["occurred_at"] = time;
    const auto sequence = to_int64(world.truce.ingest(event).at("audit_seq"));
    REQUIRE(sequence);
    CHECK(static_cast<std::uint64_t>(*sequence) > last);
    last = static_cast<std::uint64_t>(*sequence);
  }
}

}  // namespace truce::test
