// kill -9 at random points under eight clients, again and again on one database. Then every
// client's own record is compared with what is there.
//
// TRUCE_CRASH_POINTS sets how many times (without it 10, and 100 at night), TRUCE_CRASH_SEED the
// chance.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/api/support/crowd.h"
#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

constexpr int client_count = 8;

int number_from(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// What one client saw. An event with an answer is there exactly once; one without is there once or
// not at all.
struct Seen {
  std::map<std::string, Json> answered;   // record id -> outcome
  std::set<std::string> unanswered;       // record ids
  std::map<std::string, int> handed_out;  // delivery id -> how often, with attempt 1
  std::set<std::string> delivered;        // delivery ids whose settle was answered
};

Json event_of(const std::string& id) {
  Json event = contact("crm", id, 1, {{"email", id + "@edge.example"}, {"name", "Name of " + id}});
  event["occurred_at"] = same_event_at;
  return event;
}

void settle_all(Client& client, const Json& outcome, Seen& seen) {
  for (const Json& delivery : outcome.at("deliveries")) {
    const std::string id = delivery.at("id").get<std::string>();
    if (delivery.at("attempt") == 1) ++seen.handed_out[id];
    const Reply reply = client.send("POST", "/v1/deliveries/settle",
                                    to_wire({{"results",
                                              {{{"id", id},
                                                {"attempt", delivery.at("attempt")},
                                                {"status", "delivered"},
                                                {"record_id", "d" + id}}}}}));
    if (reply.status == 200 && reply.body.at("results").at(0).count("error") == 0) {
      seen.delivered.insert(id);
    }
  }
}

void work_until_killed(const TruceProcess& truce, int number, int round,
                       const std::atomic<bool>& killed, std::atomic<int>& answers, Seen& seen) {
  Client client(truce.port(), truce.token());
  for (int turn = 0; !killed; ++turn) {
    const std::string id =
        "c" + std::to_string(number) + "-" + std::to_string(round) + "-" + std::to_string(turn);
    const Reply reply = client.send("POST", "/v1/events", to_wire(event_of(id)));
    if (reply.status == 200) {
      seen.answered[id] = reply.body.at("results").at(0);
      ++answers;
      settle_all(client, seen.answered[id], seen);
    } else {
      seen.unanswered.insert(id);
      if (reply.status == 0) return;
    }
  }
}

void run_and_kill(const Folder& folder, int round, std::mt19937& chance, std::vector<Seen>& seen) {
  TruceProcess truce(folder);
  REQUIRE(truce.listens());
  std::atomic<bool> killed = false;
  std::atomic<int> answers = 0;
  std::vector<std::thread> clients;
  for (int number = 0; number < client_count; ++number) {
    clients.emplace_back([&, number] {
      work_until_killed(truce, number, round, killed, answers,
                        seen[static_cast<std::size_t>(number)]);
    });
  }
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (answers == 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  // From the first answer on, the point of the crash is a time: there is nothing to wait for.
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::uniform_int_distribution(5, 250)(chance)));
  truce.signal(SIGKILL);
  killed = true;
  for (std::thread& client : clients) client.join();
  truce.wait();
}

}  // namespace

TEST_CASE("R1 whatever was answered is there once, after any number of kill -9") {
  const int points = number_from("TRUCE_CRASH_POINTS", in_a_week(1000, 100, 10));
  const int seed = number_from("TRUCE_CRASH_SEED", 20260501);
  INFO("TRUCE_CRASH_SEED=" << seed);
  std::mt19937 chance(static_cast<unsigned>(seed));
  const PolicyFolder folder;
  std::vector<Seen> seen(client_count);
  for (int round = 0; round < points; ++round) run_and_kill(folder, round, chance, seen);

  const TruceProcess truce(folder);
  REQUIRE(truce.listens());
  const Reply verified = truce.get("/v1/audit/verify");
  INFO(verified.text);
  CHECK(verified.body.at("ok") == true);

  const std::map<std::string, int> entries = entries_by_event(truce);
  for (const auto& [key, count] : entries) CHECK(count == 1);
  std::size_t answered = 0;
  for (const Seen& client : seen) {
    answered += client.answered.size();
    for (const auto& [id, outcome] : client.answered) {
      INFO(id);
      REQUIRE(entries.count(outcome.at("event_key").get<std::string>()) == 1);
      // Sent again it is a duplicate with the answer of then.
      const Json again = truce.ingest(event_of(id));
      REQUIRE(again.at("outcome") == "duplicate");
      REQUIRE(again.at("first") == as_first(outcome));
    }
    // Once or not at all: sent again it is there once.
    for (const std::string& id : client.unanswered) {
      const Json outcome = truce.ingest(event_of(id));
      INFO(id);
      CHECK((outcome.at("outcome") == "applied" || outcome.at("outcome") == "duplicate"));
    }
    for (const auto& [id, count] : client.handed_out) CHECK(count == 1);
  }
  CHECK(answered > 0);
  for (const auto& [key, count] : entries_by_event(truce)) CHECK(count == 1);

  // No delivery is lost or doubled: every record has exactly one create for desk, and what was
  // acknowledged as delivered is delivered.
  std::map<std::string, std::string> state_of;
  std::map<std::string, int> creates_of;
  std::string after = "0";
  while (true) {
    const Reply page = truce.get("/v1/deliveries?limit=1000&after=" + after);
    for (const Json& delivery : page.body.at("deliveries")) {
      state_of[delivery.at("id").get<std::string>()] = delivery.at("state").get<std::string>();
      ++creates_of[delivery.at("golden_id").get<std::string>()];
    }
    if (page.body.at("next").is_null()) break;
    after = page.body.at("next").get<std::string>();
  }
  for (const auto& [golden, count] : creates_of) CHECK(count == 1);
  std::size_t events = 0;
  for (const Seen& client : seen) {
    events += client.answered.size() + client.unanswered.size();
    for (const std::string& id : client.delivered) CHECK(state_of[id] == "delivered");
  }
  CHECK(creates_of.size() == events);
  WARN(points << " crashes, " << answered << " answered events, " << events - answered
              << " without an answer");
}

namespace {

// Contacts that refer to companies, which both systems have.
constexpr const char* company_policy = R"({
  "version": 1,
  "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
  "entities": {
    "company": {"id": {"crm": "id", "desk": "id"}, "match": [["name"]], "create_in": [],
      "fields": {"name": {"type": "text", "rule": "recency",
                          "map": {"crm": "name", "desk": "name"}}}},
    "contact": {"id": {"crm": "id", "desk": "id"}, "match": [["email"]], "create_in": [],
      "fields": {"email": {"type": "email", "rule": "recency",
                           "map": {"crm": "email", "desk": "email"}},
                 "company": {"type": "reference", "entity": "company", "rule": "recency",
                             "map": {"crm": "company", "desk": "company"}}}}}
})";

Json company(const std::string& system, const std::string& id, const std::string& name) {
  Json event = contact(system, id, -60, {{"name", name}});
  event["entity"] = "company";
  return event;
}

// The records of desk that get the survivor, until all have got it.
std::set<std::string> claim_until(const TruceProcess& truce, std::size_t count) {
  std::set<std::string> written;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (written.size() < count && std::chrono::steady_clock::now() < patience) {
    const Reply claimed = truce.post("/v1/deliveries/claim", {{"limit", 1000}});
    for (const Json& delivery : claimed.body.at("deliveries")) {
      CHECK(delivery.at("system") == "desk");
      CHECK(delivery.at("fields") == Json({{"company", "o1"}}));
      CHECK(written.insert(delivery.at("record_id").get<std::string>()).second);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return written;
}

}  // namespace

TEST_CASE("what refers to a joined record follows it, also over a kill -9 behind the answer") {
  constexpr int contacts = 300;
  const Folder folder;
  folder.write("policy.json", company_policy);
  {
    TruceProcess truce(folder);
    REQUIRE(truce.listens());
    for (const char* n : {"1", "2"}) {
      truce.ingest(company("crm", std::string("k") + n, std::string("Company ") + n));
      truce.ingest(company("desk", std::string("o") + n, std::string("Company ") + n));
    }
    Json events = Json::array();
    for (int i = 0; i < contacts; ++i) {
      const std::string n = std::to_string(i);
      const std::string email = "p" + n + "@edge.example";
      events.push_back(contact("crm", "c" + n, -30, {{"email", email}, {"company", "k2"}}));
      events.push_back(contact("desk", "d" + n, -30, {{"email", email}, {"company", "o2"}}));
    }
    REQUIRE(truce.post("/v1/events", {{"events", events}}).status == 200);
    Json merge = company("crm", "k2", "");
    merge.erase("record");
    merge["op"] = "merge";
    merge["merged_into"] = "k1";
    truce.ingest(merge);
    const Json item = truce.get("/v1/exceptions?category=merge").body.at("exceptions").at(0);
    const Reply joined =
        truce.post("/v1/exceptions/" + item.at("id").get<std::string>() + "/resolve",
                   {{"action", "join"}, {"version", item.at("version")}, {"actor", "ada"}});
    INFO(joined.text);
    REQUIRE(joined.status == 200);
    truce.signal(SIGKILL);
    truce.wait();
  }
  const TruceProcess truce(folder);
  REQUIRE(truce.listens());
  CHECK(claim_until(truce, contacts).size() == contacts);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
}

}  // namespace truce::test
