// A change of the canonical schema on a running sidecar and on its database: /v1/migrations and
// `truce migrate`.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// "name" is called "title" from now on.
std::string renamed_policy() { return replaced(contact_policy(), "\"name\":", "\"title\":"); }
// Beside it, "plan" is a number.
std::string retyped_policy() {
  return replaced(renamed_policy(), R"("plan": {"type": "text")", R"("plan": {"type": "integer")");
}

Json person(const std::string& system, int number, int second, const std::string& name) {
  const std::string email = "p" + std::to_string(number) + "@edge.example";
  const bool is_crm = system == "crm";
  return contact(system, (is_crm ? "c" : "d") + std::to_string(number), second,
                 {{is_crm ? "email" : "mail", email},
                  {is_crm ? "name" : "full_name", name},
                  {"plan", std::to_string(number)}});
}

void fill(const TruceProcess& truce, int count) {
  Json events = Json::array();
  for (int i = 0; i < count; ++i) {
    for (const char* system : {"crm", "desk"}) {
      events.push_back(person(system, i, -100, "Name " + std::to_string(i)));
    }
    if (events.size() < 500 && i + 1 < count) continue;
    REQUIRE(truce.post("/v1/events", {{"events", events}, {"hand_out", false}}).status == 200);
    events = Json::array();
  }
}

Reply begin(const TruceProcess& truce, const std::string& policy, const char* mode = "apply") {
  return truce.post("/v1/migrations", {{"policy", policy}, {"mode", mode}});
}

Json at_end(const TruceProcess& truce, const std::string& id) {
  for (int i = 0; i < 6000; ++i) {
    const Reply reply = truce.get("/v1/migrations/" + id);
    REQUIRE(reply.status == 200);
    if (reply.body.at("stage") == "done") return reply.body;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("the migration does not end");
  return {};
}

Json record_of(const TruceProcess& truce, const std::string& system, const std::string& id) {
  const Reply reply = truce.get("/v1/records/contact?system=" + system + "&id=" + id);
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body.at("record");
}

std::size_t waiting_writes(const TruceProcess& truce) {
  return truce.get("/v1/deliveries?state=pending&limit=1000").body.at("deliveries").size();
}

}  // namespace

TEST_CASE("a plan says what becomes of which values, and changes nothing") {
  World world;
  fill(world.truce, 3);
  world.truce.ingest(contact("crm", "c1", 0, {{"plan", "gold"}}));
  const Reply reply = begin(world.truce, retyped_policy(), "plan");
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  const Json& steps = reply.body.at("steps");
  REQUIRE(steps.size() == 2);
  CHECK(steps.at(0).at("kind") == "retyped");
  CHECK(steps.at(0).at("values") == Json::parse(R"({"lossless": 5, "lossy": 0, "lost": 1})"));
  CHECK(steps.at(1).at("kind") == "renamed");
  CHECK(steps.at(1).at("values") == Json::parse(R"({"lossless": 6, "lossy": 0, "lost": 0})"));
  CHECK(reply.body.at("complete") == true);
  CHECK(world.truce.get("/v1/policy").body.at("text") == contact_policy());
  CHECK(world.truce.get("/v1/migrations").body.at("migrations").empty());
}

TEST_CASE("E79: events sent while records are migrated wait, and every one arrives") {
  World world;
  constexpr int count = 600;
  fill(world.truce, count);
  const Reply begun = begin(world.truce, renamed_policy());
  REQUIRE(begun.status == 202);
  const std::string id = begun.body.at("id");
  int waited = 0;
  for (int i = 0; i < count; i += 10) {
    const Json outcome = world.truce.ingest(person("crm", i, 0, "Newer " + std::to_string(i)));
    waited += outcome.at("outcome") == "parked" ? 1 : 0;
  }
  CHECK(waited > 0);
  const Json end = at_end(world.truce, id);
  CHECK(end.at("state") == "applied");
  CHECK(end.at("events") == waited);
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    const Json record = record_of(world.truce, "desk", "d" + n);
    CHECK(record.at("title") == (i % 10 == 0 ? "Newer " + n : "Name " + n));
    CHECK(record.count("name") == 0);
  }
  // The others were handed out with their answers.
  CHECK(waiting_writes(world.truce) == static_cast<std::size_t>(waited));
  CHECK(world.truce.get("/v1/audit/verify").body.at("ok") == true);
}

TEST_CASE("until a migration is accepted or undone, no other policy comes into force") {
  PolicyFolder folder;
  std::string id;
  {
    const TruceProcess truce(folder);
    fill(truce, 3);
    id = begin(truce, renamed_policy()).body.at("id");
    at_end(truce, id);
    CHECK(truce.send("PUT", "/v1/policy", contact_policy()).status == 409);
    CHECK(begin(truce, retyped_policy()).status == 409);
  }
  // Nor from the file.
  folder.write("policy.json", retyped_policy());
  const TruceProcess truce(folder);
  CHECK(truce.get("/v1/policy").body.at("text") == renamed_policy());
  CHECK(truce.post("/v1/migrations/" + id + "/undo", Json::object()).status == 202);
  CHECK(at_end(truce, id).at("state") == "undone");
  CHECK(record_of(truce, "crm", "c1").at("name") == "Name 1");
  CHECK(truce.send("PUT", "/v1/policy", contact_policy()).status == 200);
  CHECK(truce.post("/v1/migrations/" + id + "/accept", Json::object()).status == 409);
}

TEST_CASE("what cannot be migrated is refused with its pointer") {
  World world;
  fill(world.truce, 1);
  const std::string gone = replaced(contact_policy(), "\"contact\":", "\"person\":");
  const Reply plan = begin(world.truce, gone, "plan");
  REQUIRE(plan.status == 200);
  CHECK(plan.body.at("problems").at(0).at("pointer") == "/entities/contact");
  const Reply applied = begin(world.truce, gone);
  CHECK(applied.status == 422);
  CHECK(applied.code() == "policy-conflict");
  CHECK(begin(world.truce, "{}").status == 422);
  CHECK(begin(world.truce, contact_policy(), "now").status == 422);
  CHECK(world.truce.get("/v1/migrations/m1").status == 404);
}

TEST_CASE("E79: kill -9 in the middle of a migration, and of its undoing, loses nothing") {
  const int kills = is_nightly() ? 30 : 5;
  std::mt19937 chance(7);
  PolicyFolder folder;
  constexpr int count = 400;
  std::string id;
  {
    const TruceProcess truce(folder);
    fill(truce, count);
    truce.ingest(contact("crm", "c300", 0, {{"plan", "gold"}}));
    const Reply begun = begin(truce, retyped_policy());
    REQUIRE(begun.status == 202);
    id = begun.body.at("id");
    truce.signal(SIGKILL);
  }
  int sent = 0, interrupted = 0;
  const auto kill_now_and_then = [&](const char* word) {
    for (int i = 0; i < kills; ++i) {
      TruceProcess truce(folder);
      REQUIRE(truce.listens());
      truce.ingest(person("crm", sent, sent + 1, std::string(word) + std::to_string(sent)));
      ++sent;
      std::this_thread::sleep_for(
          std::chrono::milliseconds(std::uniform_int_distribution(0, 60)(chance)));
      interrupted += truce.get("/v1/migrations/" + id).body.at("stage") != "done";
      truce.signal(SIGKILL);
      truce.wait();
    }
  };
  kill_now_and_then("Newer ");
  {
    const TruceProcess truce(folder);
    CHECK(at_end(truce, id).at("state") == "applied");
    for (int i = 0; i < count; ++i) {
      const Json record = record_of(truce, "desk", "d" + std::to_string(i));
      const std::string title =
          (i < kills ? "Newer " : "Name ") + std::to_string(i);
      CHECK(record.at("title") == title);
      CHECK(record.at("plan") == i);
    }
    CHECK(truce.post("/v1/migrations/" + id + "/undo", Json::object()).status == 202);
    truce.signal(SIGKILL);
  }
  kill_now_and_then("Newest ");
  const TruceProcess truce(folder);
  CHECK(at_end(truce, id).at("state") == "undone");
  for (int i = 0; i < count; ++i) {
    const Json record = record_of(truce, "crm", "c" + std::to_string(i));
    const char* word = i < kills ? "Newer " : i < 2 * kills ? "Newest " : "Name ";
    CHECK(record.at("name") == word + std::to_string(i));
    CHECK(record.at("plan") == std::to_string(i));
  }
  // What was no number is a question again.
  const Json asked = truce.get("/v1/exceptions?state=open").body.at("exceptions");
  REQUIRE(asked.size() == 1);
  CHECK(to_wire(asked).find("gold") != std::string::npos);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
  WARN(2 * kills << " kills, " << interrupted << " of them in the migration");
}

TEST_CASE("truce migrate plans, applies, undoes and accepts on a database and on a running sidecar") {
  PolicyFolder folder;
  folder.write("new.json", retyped_policy());
  const std::string before = folder.path("policy.json"), after = folder.path("new.json");
  const auto migrate = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"migrate", before, after});
    const Ended ended = run_truce(more);
    UNSCOPED_INFO(ended.out << ended.err);
    return ended;
  };
  {
    const TruceProcess truce(folder);
    fill(truce, 2);
    truce.ingest(contact("crm", "c1", 0, {{"plan", "gold"}}));
    const std::vector<std::string> there{"--url", "http://127.0.0.1:" + std::to_string(truce.port()),
                                         "--token-file", folder.path("truce.db.token")};
    const auto at = [&](const std::string& flag) {
      std::vector<std::string> all = there;
      if (!flag.empty()) all.push_back(flag);
      return migrate(all);
    };
    const Ended plan = at("");
    CHECK(plan.exit_code == 1);
    CHECK(plan.out.find("renamed name -> title") != std::string::npos);
    CHECK(plan.out.find("1 are lost") != std::string::npos);
    CHECK(at("--apply").exit_code == 0);
    CHECK(record_of(truce, "crm", "c0").at("title") == "Name 0");
    CHECK(at("--apply").exit_code == 3);
    CHECK(at("--undo").exit_code == 0);
    CHECK(record_of(truce, "crm", "c0").at("name") == "Name 0");
    truce.signal(SIGTERM);
  }
  const std::vector<std::string> here{"--db", folder.path("truce.db")};
  const auto at = [&](const std::string& flag) {
    std::vector<std::string> all = here;
    if (!flag.empty()) all.push_back(flag);
    return migrate(all);
  };
  CHECK(at("").exit_code == 1);
  CHECK(at("--apply").exit_code == 0);
  CHECK(at("--accept").exit_code == 0);
  CHECK(at("--undo").exit_code == 3);
  CHECK(migrate({}).exit_code == 0);  // what differs alone
  CHECK(migrate({"--apply"}).exit_code == 2);
  // The policy that was migrated to outlives the file that was served before.
  const TruceProcess truce(folder);
  CHECK(record_of(truce, "crm", "c0").at("title") == "Name 0");
  CHECK(truce.get("/v1/policy").body.at("text") == retyped_policy());
}

}  // namespace truce::test
