// The operator's queue over HTTP.
#include <catch2/catch.hpp>
#include <filesystem>

#include "engine/core/model/hash.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

// crm says plan A, desk says plan B: a question. Gives the exception.
Json ask_question(const World& world) {
  const Json first =
      world.truce.ingest(contact("crm", "c1", 1, {{"email", "rose@edge.example"}, {"plan", "A"}}));
  const Json& create = first.at("deliveries").at(0);
  world.truce.post("/v1/deliveries/settle", {{"results",
                                              {{{"id", create.at("id")},
                                                {"attempt", create.at("attempt")},
                                                {"status", "delivered"},
                                                {"record_id", "d1"}}}}});
  const Json second =
      world.truce.ingest(contact("desk", "d1", 9, {{"mail", "rose@edge.example"}, {"plan", "B"}}));
  CHECK(second.at("outcome") == "conflict");
  REQUIRE(second.at("conflicts").size() == 1);
  const std::string id = second.at("conflicts").at(0).at("exception_id").get<std::string>();
  const Reply item = world.truce.get("/v1/exceptions/" + id);
  REQUIRE(item.status == 200);
  return item.body;
}

std::string id_of(const Json& item) { return item.at("id").get<std::string>(); }

std::string secret_of(const std::string& name) { return name + "-has-this-token-of-its-own"; }

Reply resolve(const World& world, const Json& item, const Json& body) {
  return world.truce.post("/v1/exceptions/" + id_of(item) + "/resolve", body);
}

}  // namespace

TEST_CASE("a question names its candidates and what it takes, and is announced once") {
  const World world;
  const Json item = ask_question(world);
  CHECK(item.at("category") == "conflict");
  CHECK(item.at("state") == "open");
  CHECK(item.at("field") == "plan");
  CHECK(item.at("candidates").size() == 2);
  CHECK_FALSE(item.at("tokens").empty());
  const Reply list = world.truce.get("/v1/exceptions?state=open&category=conflict");
  REQUIRE(list.body.at("exceptions").size() == 1);
  const Reply changes = world.truce.get("/v1/changes?kinds=exception");
  REQUIRE(changes.body.at("changes").size() == 1);
  const std::string next = changes.body.at("next").get<std::string>();
  CHECK(world.truce.get("/v1/changes?after=" + next).body.at("changes").empty());
}

TEST_CASE("choosing a system closes the question and hands out the write that follows") {
  const World world;
  const Json item = ask_question(world);
  const Reply reply =
      resolve(world, item, {{"choose", "desk"}, {"version", item.at("version")}, {"actor", "ann"}});
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  CHECK(reply.body.at("exception").at("state") == "resolved");
  REQUIRE(reply.body.at("deliveries").size() == 1);
  CHECK(reply.body.at("deliveries").at(0).at("system") == "crm");
  CHECK(reply.body.at("deliveries").at(0).at("fields") == Json({{"plan", "B"}}));
  CHECK(world.truce.get("/v1/exceptions?state=unanswered").body.at("exceptions").empty());
  const Reply explained = world.truce.get(
      "/v1/records/contact/" + item.at("golden_id").get<std::string>() + "/explain?field=plan");
  CHECK(explained.body.at("fields").at(0).at("value") == "B");
}

TEST_CASE("an answer to a question that has moved is refused with the fresh item") {
  const World world;
  const Json item = ask_question(world);
  world.truce.ingest(contact("desk", "d1", 20, {{"plan", "C"}}));
  const Reply reply =
      resolve(world, item, {{"choose", "desk"}, {"version", item.at("version")}, {"actor", "ann"}});
  REQUIRE(reply.status == 409);
  CHECK(reply.code() == "version-moved");
  const Json& fresh = reply.body.at("exception");
  CHECK(fresh.at("id") == item.at("id"));
  CHECK(fresh.at("version") != item.at("version"));
  CHECK(to_wire(fresh.at("candidates")).find("\"C\"") != std::string::npos);
  CHECK(resolve(world, item, {{"choose", "desk"}, {"version", fresh.at("version")}}).status == 200);
}

TEST_CASE(
    "the token of a button that was pressed too late brings the fresh item, a false one nothing") {
  const World world;
  const Json item = ask_question(world);
  world.truce.ingest(contact("desk", "d1", 20, {{"plan", "C"}}));
  const Reply late =
      resolve(world, item, {{"token", item.at("tokens").at("choose:desk")}, {"actor", "ann"}});
  INFO(late.text);
  REQUIRE(late.status == 409);
  CHECK(late.code() == "version-moved");
  CHECK(late.body.at("exception").at("version") != item.at("version"));
  const Reply invented = resolve(world, item, {{"token", std::string(40, '0')}});
  CHECK(invented.status == 422);
  CHECK(invented.body.count("exception") == 0);
}

TEST_CASE("a token answers once, for its action and version only") {
  const World world;
  const Json item = ask_question(world);
  const Json& tokens = item.at("tokens");
  INFO(to_wire(tokens));
  const std::string action = tokens.items().begin().key();
  const Json body = {{"action", action}, {"token", tokens.at(action)}, {"actor", "ann"}};
  CHECK(resolve(world, item, {{"action", action}, {"token", "0123"}, {"actor", "eve"}}).status /
            100 ==
        4);
  const Reply first = resolve(world, item, body);
  INFO(first.text);
  CHECK(first.status == 200);
  const Reply second = resolve(world, item, body);
  CHECK(second.status == 409);
  CHECK(second.body.count("exception") == 1);
}

TEST_CASE("working the queue: claim, dismiss, replay a rejected event after mending the policy") {
  const World world;
  const Json item = ask_question(world);
  const Reply claimed =
      world.truce.post("/v1/exceptions/" + id_of(item) + "/claim", {{"actor", "ann"}});
  CHECK(claimed.status == 200);
  CHECK(world.truce.get("/v1/exceptions/" + id_of(item)).body.at("state") == "claimed");
  CHECK(world.truce.post("/v1/exceptions/" + id_of(item) + "/dismiss", {{"actor", "ann"}}).status ==
        200);
  CHECK(world.truce.get("/v1/exceptions/" + id_of(item)).body.at("state") == "dismissed");

  const Json rejected = world.truce.ingest(
      {{"system", "crm"}, {"entity", "contact"}, {"record", {{"email", "x@edge.example"}}}});
  CHECK(rejected.at("outcome") == "rejected");
  const Reply bulk = world.truce.post(
      "/v1/exceptions/bulk", {{"category", "rejected"}, {"action", "dismiss"}, {"actor", "ann"}});
  REQUIRE(bulk.status == 200);
  CHECK(bulk.body.at("results").size() == 1);
  CHECK(world.truce.get("/v1/exceptions?state=unanswered").body.at("exceptions").empty());
}

TEST_CASE("in bulk every id has its result, also one that is no text") {
  const World world;
  const Json item = ask_question(world);
  const Json ids = {7, id_of(item), nullptr};
  const Json results =
      world.truce
          .post("/v1/exceptions/bulk", {{"ids", ids}, {"action", "dismiss"}, {"actor", "ann"}})
          .body.at("results");
  REQUIRE(results.size() == 3);
  CHECK(results.at(0).at("error").at("code") == "not-found");
  CHECK(results.at(1).count("error") == 0);
  CHECK(results.at(2).at("error").at("code") == "not-found");
}

TEST_CASE(
    "a field that a token may not decide: its questions and its changes are not that token's") {
  std::string policy = contact_policy();
  const std::string plan = R"("rule": "escalate", "map": {"crm": "plan")";
  policy.replace(policy.find(plan), 0, R"("decide": {"roles": ["finance"]}, )");
  Folder folder;
  folder.write("policy.json", policy);
  std::string tokens;
  for (const char* name : {"sales", "finance"}) {
    tokens += name + (" ingest,operate,read " + sha256_hex(secret_of(name))) + '\n';
  }
  folder.write("tokens", tokens);
  std::filesystem::permissions(folder.path("tokens"), std::filesystem::perms::owner_read |
                                                          std::filesystem::perms::owner_write);
  const TruceProcess truce(folder, {"--token-file", folder.path("tokens")});
  Client sales(truce.port(), secret_of("sales")), finance(truce.port(), secret_of("finance"));
  const auto post = [](Client& client, const std::string& target, const Json& body) {
    return client.send("POST", target, to_wire(body));
  };
  post(sales, "/v1/events", contact("crm", "c1", 1, {{"email", "r@edge.example"}, {"plan", "A"}}));
  post(sales, "/v1/events", contact("desk", "d1", 9, {{"mail", "r@edge.example"}, {"plan", "B"}}));
  const Json item = sales.send("GET", "/v1/exceptions").body.at("exceptions").at(0);
  const std::string path = "/v1/exceptions/" + id_of(item);
  const Json answer{{"choose", "desk"}, {"version", item.at("version")}};
  for (const char* verb : {"/resolve", "/dismiss", "/replay"}) {
    const Reply refused = post(sales, path + verb, answer);
    CHECK(refused.status == 403);
    CHECK(refused.code() == "not-allowed");
  }
  const Json bulk{{"category", "conflict"}, {"action", "dismiss"}};
  CHECK(post(sales, "/v1/exceptions/bulk", bulk).body.at("results").at(0).at("error").at("code") ==
        "not-allowed");
  REQUIRE(post(finance, path + "/resolve", answer).status == 200);

  const Json undo{{"select", {{"actor", "finance"}}}, {"mode", "apply"}};
  const Json refused = post(sales, "/v1/undo", undo).body;
  CHECK(refused.at("undone").empty());
  REQUIRE(refused.at("conflicts").size() == 1);
  CHECK(refused.at("conflicts").at(0).at("field") == "plan");
  CHECK(post(finance, "/v1/undo", undo).body.at("undone").size() == 1);
}

TEST_CASE("what is not there is not found") {
  const World world;
  CHECK(world.truce.get("/v1/exceptions/nobody").code() == "not-found");
  CHECK(resolve(world, {{"id", "nobody"}}, {{"choose", "crm"}, {"version", 1}}).status == 404);
  CHECK(world.truce.get("/v1/records/contact/nobody").status == 404);
  CHECK(world.truce.get("/v1/records/contact?system=crm&id=nobody").status == 404);
  CHECK(world.truce.get("/v1/cursors/nobody").status == 404);
  CHECK(world.truce.get("/v1/reconciliations/nobody").status == 404);
  CHECK(world.truce.get("/console/").status == 404);
}

}  // namespace truce::test
