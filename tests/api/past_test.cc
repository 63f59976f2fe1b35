// The recorded past over HTTP and from the command line: another policy, other orders, undo, and
// records as they were.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <set>

#include "tests/api/support/world.h"

namespace truce::test {

namespace {

std::string text(const Json& node) { return node.get<std::string>(); }

std::string with_plan_rule(const std::string& rule) {
  std::string policy = contact_policy();
  const std::string escalate = "\"rule\": \"escalate\"";
  return policy.replace(policy.find(escalate), escalate.size(), "\"rule\": \"" + rule + "\"");
}

// c1 of crm and d1 of desk are one contact; desk says another plan and another name later. Gives
// desk's outcome.
Json tell_story(const TruceProcess& truce) {
  const Json first = truce.ingest(
      contact("crm", "c1", -9, {{"email", "rose@edge.example"}, {"name", "Rose"}, {"plan", "A"}}));
  const Json& create = first.at("deliveries").at(0);
  truce.post("/v1/deliveries/settle", {{"results",
                                        {{{"id", create.at("id")},
                                          {"attempt", create.at("attempt")},
                                          {"status", "delivered"},
                                          {"record_id", "d1"}}}}});
  return truce.ingest(contact(
      "desk", "d1", 9, {{"mail", "rose@edge.example"}, {"full_name", "Rosa"}, {"plan", "B"}}));
}

void stop(TruceProcess& truce) {
  truce.signal(SIGTERM);
  CHECK(truce.wait() == 0);
}

std::vector<std::string> at(const TruceProcess& truce, const Folder& folder) {
  return {"--url", "http://127.0.0.1:" + std::to_string(truce.port()), "--token-file",
          folder.path("truce.db.token")};
}

Ended run_with(std::vector<std::string> command, const std::vector<std::string>& more) {
  command.insert(command.end(), more.begin(), more.end());
  return run_truce(command);
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t entries_of(const TruceProcess& truce) { return truce.audit().size(); }

}  // namespace

TEST_CASE("a simulation tells which questions another policy saves, and writes nothing") {
  const World world;
  const Json outcome = tell_story(world.truce);
  REQUIRE(outcome.at("outcome") == "conflict");
  const std::size_t before = entries_of(world.truce);
  const Reply reply =
      world.truce.post("/v1/policy/simulate", {{"policy", with_plan_rule("recency")}});
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  CHECK(reply.body.at("records") == 1);
  CHECK(reply.body.at("unexplained") == 0);
  CHECK(reply.body.at("questions").at("saved") == 1);
  CHECK(reply.body.at("questions").at("by_rule").at("escalate").at("saved") == 1);
  CHECK(reply.body.at("questions").at("by_system").at("desk").at("saved") == 1);
  CHECK(reply.body.at("fields").at("by_rule") == Json{{"recency", 1}});
  const Json& difference = reply.body.at("differences").at(0);
  CHECK(difference.at("field") == "plan");
  CHECK(difference.at("next").at("value") == "B");
  CHECK(difference.at("present").at("contested") == true);
  CHECK(reply.body.at("log").at("complete") == true);
  CHECK(entries_of(world.truce) == before);
  CHECK(world.truce.get("/v1/policy").body.at("text") == contact_policy());
}

TEST_CASE("a simulation takes the policy as an object too, and refuses what is none") {
  const World world;
  tell_story(world.truce);
  const Json object = world.truce.get("/v1/policy").body.at("policy");
  const Reply same = world.truce.post("/v1/policy/simulate", {{"policy", object}});
  REQUIRE(same.status == 200);
  CHECK(same.body.at("records_different") == 0);
  CHECK(world.truce.post("/v1/policy/simulate", Json::object()).code() == "required");
  const Reply bad = world.truce.post("/v1/policy/simulate", {{"policy", "{\"version\": 1}"}});
  CHECK(bad.status == 422);
  CHECK_FALSE(bad.body.at("findings").empty());
  CHECK(world.truce.post("/v1/policy/simulate", {{"policy", object}, {"since", "soon"}}).code() ==
        "timestamp-invalid");
}

TEST_CASE("replay --policy says the same from the database and from the running sidecar") {
  PolicyFolder folder;
  folder.write("next.json", with_plan_rule("recency"));
  Ended remote;
  {
    TruceProcess truce(folder);
    tell_story(truce);
    remote = run_with({"replay", "--policy", folder.path("next.json")}, at(truce, folder));
    CHECK(
        run_with({"replay", "--policy", folder.path("policy.json")}, at(truce, folder)).exit_code ==
        0);
    stop(truce);
  }
  const std::vector<std::string> db{"--db", folder.path("truce.db")};
  const Ended local = run_with({"replay", "--policy", folder.path("next.json")}, db);
  INFO(local.out + local.err);
  CHECK(local.exit_code == 1);
  CHECK(local.out == remote.out);
  CHECK(says(local.out, "1 saved, 0 added"));
  CHECK(run_with({"replay", "--policy", folder.path("policy.json")}, db).exit_code == 0);
  CHECK(run_with({"replay"}, db).exit_code == 2);
  CHECK(run_with({"replay", "rejected", "--policy", folder.path("next.json")}, db).exit_code == 2);
  CHECK(run_with({"replay", "--policy", folder.path("none.json")}, db).exit_code == 3);
}

TEST_CASE("verify-convergence says that one state comes out, and never so of an empty log") {
  PolicyFolder folder;
  {
    TruceProcess truce(folder);
    stop(truce);
  }
  const std::vector<std::string> db{"--db", folder.path("truce.db")};
  CHECK(run_with({"verify-convergence"}, db).exit_code == 3);
  {
    TruceProcess truce(folder);
    tell_story(truce);
    stop(truce);
  }
  const Ended ended = run_with({"verify-convergence", "--json", "--orders", "4"}, db);
  INFO(ended.out + ended.err);
  CHECK(ended.exit_code == 0);
  const auto report = parse_json(ended.out);
  REQUIRE(report);
  CHECK(report->at("verdict") == "converges");
  CHECK(report->at("orders").size() == 4);
  CHECK(to_int64(report->at("stored").at("same")) == 1);
  CHECK(run_truce({"verify-convergence"}).exit_code == 2);
}

TEST_CASE("a command on a copy says what it lacks, and leaves nothing beside it") {
  PolicyFolder folder;
  {
    TruceProcess truce(folder);
    tell_story(truce);
    stop(truce);
  }
  Folder copies;
  const std::string copy = copies.path("copy.db");
  std::filesystem::copy_file(folder.path("truce.db"), copy);
  const auto files = [&] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(copies.path())) {
      names.insert(entry.path().filename().string());
    }
    return names;
  };
  const Ended lost = run_truce({"verify-convergence", "--db", copy});
  CHECK(lost.exit_code == 3);
  CHECK(says(lost.err, "copy the original's .secrets file there"));
  CHECK(files() == std::set<std::string>{"copy.db"});
  std::filesystem::copy_file(folder.path("truce.db.secrets"), copy + ".secrets");
  CHECK(run_truce({"verify-convergence", "--db", copy}).exit_code == 0);
  CHECK(run_truce({"replay", "--policy", folder.path("policy.json"), "--db", copy}).exit_code == 0);
  CHECK(files() == std::set<std::string>{"copy.db", "copy.db.secrets"});
}

TEST_CASE("an undo over HTTP: a plan first, then the decision, then the undo of it") {
  const World world;
  const Json outcome = tell_story(world.truce);
  const std::string path = "/v1/records/contact/" + text(outcome.at("golden_id"));
  const Json select{{"event_key", outcome.at("event_key")}};
  const Reply plan = world.truce.post("/v1/undo", {{"select", select}});
  INFO(plan.text);
  REQUIRE(plan.status == 200);
  CHECK(plan.body.at("mode") == "plan");
  REQUIRE(world.truce.get(path).body.at("record").at("name") == "Rosa");
  const Reply done = world.truce.post(
      "/v1/undo",
      {{"select", select}, {"mode", "apply"}, {"actor", "ann"}, {"note", "wrong import"}});
  INFO(done.text);
  REQUIRE(done.status == 200);
  CHECK(done.body.at("next").is_null());
  CHECK(world.truce.get(path).body.at("record").at("name") == "Rose");
  const Json entry = world.truce.audit().back();
  CHECK(entry.at("kind") == "undo");
  CHECK(entry.at("body").at("by") == "ann");
  CHECK(entry.at("body").at("note") == "wrong import");
  const Json claimed = world.truce.post("/v1/deliveries/claim", {{"system", "desk"}}).body;
  CHECK(to_wire(claimed).find("Rose") != std::string::npos);
  const Reply back =
      world.truce.post("/v1/undo", {{"select", {{"undo", done.body.at("id")}}}, {"mode", "apply"}});
  REQUIRE(back.status == 200);
  CHECK(world.truce.get(path).body.at("record").at("name") == "Rosa");
}

TEST_CASE("an undo takes back a whole batch by its id, page by page") {
  const World world;
  Json events = Json::array();
  for (int i = 0; i < 5; ++i) {
    const std::string id = std::to_string(i);
    events.push_back(
        contact("crm", "c" + id, -9, {{"email", "p" + id + "@edge.example"}, {"name", "Right"}}));
  }
  world.truce.post("/v1/events", {{"events", events}, {"hand_out", false}});
  for (Json& event : events) {
    event["record"]["name"] = "Wrong";
    event["occurred_at"] = contact("crm", "x", -5, {}).at("occurred_at");
  }
  const Reply sent = world.truce.post("/v1/events", {{"events", events}, {"hand_out", false}});
  REQUIRE(sent.status == 200);
  Json body{{"select", {{"batch", sent.body.at("batch")}}}, {"mode", "apply"}, {"limit", 2}};
  std::size_t undone = 0, pages = 0;
  do {
    const Reply page = world.truce.post("/v1/undo", body);
    INFO(page.text);
    REQUIRE(page.status == 200);
    undone += page.body.at("undone").size();
    body["id"] = page.body.at("id");
    body["after"] = page.body.at("next");
    ++pages;
  } while (!body["after"].is_null());
  CHECK(undone == 5);
  CHECK(pages == 3);
  const Json shown = world.truce.get("/v1/records/contact?system=crm&id=c4").body;
  CHECK(shown.at("record").at("name") == "Right");
}

TEST_CASE("an undo that would mean more than was said is refused") {
  const World world;
  CHECK(world.truce.post("/v1/undo", Json::object()).code() == "required");
  CHECK(world.truce.post("/v1/undo", {{"select", Json::object()}}).code() == "required");
  const Reply typo = world.truce.post("/v1/undo", {{"select", {{"bach", "b1"}}}});
  CHECK(typo.code() == "schema");
  CHECK(typo.body.at("errors").at(0).at("pointer") == "/select/bach");
  CHECK(world.truce.post("/v1/undo", {{"select", {{"actor", "a"}}}, {"mode", "now"}}).code() ==
        "schema");
  CHECK(world.truce.post("/v1/undo", {{"select", {{"actor", "a"}}}, {"limit", 0}}).code() ==
        "schema");
  const Reply nothing =
      world.truce.post("/v1/undo", {{"select", {{"actor", "a"}}}, {"mode", "apply"}});
  CHECK(nothing.status == 200);
  CHECK(nothing.body.at("undone").empty());
}

TEST_CASE("truce undo says what it would do, does it with --apply, and ends with 1 for the rest") {
  PolicyFolder folder;
  Json outcome;
  {
    TruceProcess truce(folder);
    outcome = tell_story(truce);
    const Ended plan =
        run_with({"undo", "--event", text(outcome.at("event_key"))}, at(truce, folder));
    INFO(plan.out + plan.err);
    CHECK(plan.exit_code == 0);
    CHECK(says(plan.out, "name: Rosa -> Rose"));
    CHECK(says(plan.out, "nothing was written"));
    stop(truce);
  }
  const std::vector<std::string> db{"--db", folder.path("truce.db")};
  const Ended done =
      run_with({"undo", "--event", text(outcome.at("event_key")), "--apply", "--by", "ann"}, db);
  INFO(done.out + done.err);
  CHECK(done.exit_code == 0);
  CHECK(says(done.out, "name: Rosa -> Rose"));
  const Ended beginning = run_with({"undo", "--system", "crm"}, db);
  CHECK(beginning.exit_code == 1);
  CHECK(says(beginning.out, "the golden record began with this change"));
  CHECK(run_with({"undo"}, db).exit_code == 2);
  CHECK(run_with({"undo", "--since", "yesterday"}, db).exit_code == 2);
}

TEST_CASE("a record is shown as it was, with whose word it was then") {
  const World world;
  const Json outcome = tell_story(world.truce);
  const std::string path = "/v1/records/contact/" + text(outcome.at("golden_id"));
  const std::vector<Json> trail = world.truce.audit();
  std::string between;
  for (const Json& entry : trail) {
    if (entry.at("event_key") != outcome.at("event_key")) between = text(entry.at("at"));
  }
  const Json then = world.truce.get(path + "?at=" + between).body;
  CHECK(then.at("record").at("name") == "Rose");
  CHECK(then.at("lineage").at("name").at("system") == "crm");
  CHECK(then.at("contested").empty());
  CHECK(world.truce.get(path + "?at=2020-01-01T00:00:00Z").status == 404);
  const Json now = world.truce.get(path + "?at=2100-01-01T00:00:00Z").body;
  CHECK(now.at("record") == world.truce.get(path).body.at("record"));
  CHECK(now.at("contested") == Json{"plan"});
}

TEST_CASE(
    "an explanation is one sentence, with what came back of our writes and what would change it") {
  const World world;
  const Json outcome = tell_story(world.truce);
  const std::string path =
      "/v1/records/contact/" + text(outcome.at("golden_id")) + "/explain?field=";
  const Json name = world.truce.get(path + "name").body.at("fields").at(0);
  CHECK(says(text(name.at("sentence")), "name is \"Rosa\": desk says so since "));
  CHECK(says(text(name.at("sentence")), "not \"Rose\" of crm"));
  CHECK(says(text(name.at("would_change").at(0)), "a change in crm or desk after "));
  const Json& written = name.at("trail").at("desk").at(0);
  CHECK(written.at("kind") == "acknowledged");
  CHECK(written.at("value") == "Rose");
  CHECK(written.contains("settled_at"));
  const Json plan = world.truce.get(path + "plan").body.at("fields").at(0);
  CHECK(plan.at("would_change").at(0) == "an answer to the open question");
}

}  // namespace truce::test
