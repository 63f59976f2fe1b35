// Calls that are wrong beside their bodies: queries, tokens, results of deliveries.
#include "tests/api/support/bad_input.h"

namespace truce::test {

TEST_CASE("row 43 and unknown parameters: a query is understood or refused") {
  const World world;
  CHECK(world.truce.get("/v1/deliveries?limit=1&limit=2").status == 400);
  for (const char* target :
       {"/v1/deliveries?stat=dead", "/v1/deliveries?limit=0", "/v1/deliveries?limit=1001",
        "/v1/deliveries?limit=x", "/v1/deliveries?state=flying", "/v1/exceptions?category=rain",
        "/v1/audit?after=-1", "/v1/changes?kinds=weather", "/v1/stats?from=yesterday",
        "/v1/records/contact?system=crm"}) {
    const Reply reply = world.truce.get(target);
    INFO(target);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "unknown-query");
  }
}

TEST_CASE("a system or an entity that the policy has not is refused, with the likely one") {
  const World world;
  const auto detail = [](const Reply& reply) {
    CHECK(reply.status == 422);
    return reply.body.value("detail", "");
  };
  const std::string system = "the policy has no system 'dsek'; did you mean desk?";
  const std::string entity = "the policy has no entity 'contct'; did you mean contact?";
  for (const char* target :
       {"/v1/deliveries?system=dsek", "/v1/drift?system=dsek", "/v1/stats?system=dsek",
        "/v1/reconciliations/r1/discrepancies?system=dsek"}) {
    INFO(target);
    CHECK(detail(world.truce.get(target)) == system);
  }
  for (const char* target : {"/v1/drift?entity=contct", "/v1/stats?entity=contct",
                             "/v1/reconciliations?entity=contct"}) {
    INFO(target);
    CHECK(detail(world.truce.get(target)) == entity);
  }
  CHECK(detail(world.truce.post("/v1/deliveries/claim", {{"system", "dsek"}})) == system);
  CHECK(detail(world.truce.post("/v1/undo", {{"select", {{"entity", "contct"}}}})) == entity);
  CHECK(detail(world.truce.post("/v1/deliveries/claim", {{"system", "zendesk"}})) ==
        "the policy has no system 'zendesk'; known here: crm or desk");
  CHECK(world.truce.get("/v1/deliveries?system=desk").status == 200);
}

TEST_CASE("row 47: without a token nobody learns what there is, nor that a body was wrong") {
  const World world;
  const Json outcome = world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}}));
  Client stranger(world.truce.port(), "wrong");
  const std::string record = "/v1/records/contact/" + outcome.at("golden_id").get<std::string>();
  for (const std::string& target : {record, std::string("/v1/records/contact/g0")}) {
    const Reply reply = stranger.send("GET", target);
    CHECK(reply.status == 401);
    CHECK(reply.code() == "unauthenticated");
  }
  CHECK(stranger.send("POST", "/v1/events", "{").code() == "unauthenticated");
}

TEST_CASE("bodies of the outbox that are wrong are refused whole, with the place") {
  const World world;
  CHECK(world.truce.post("/v1/deliveries/claim", {{"limit", 0}}).code() == "number-out-of-range");
  CHECK(world.truce.post("/v1/deliveries/claim", {{"lease_ms", "long"}}).code() == "type-mismatch");
  CHECK(world.truce.post("/v1/deliveries/settle", Json::object()).code() == "required");
  CHECK(world.truce.post("/v1/deliveries/settle", {{"results", Json::array()}}).code() ==
        "batch-size");
  CHECK(world.truce.send("POST", "/v1/deliveries/settle", "[]").code() == "schema");
  const Reply odd = world.truce.post("/v1/deliveries/settle", {{"results", {1, {{"id", 5}}}}});
  REQUIRE(odd.status == 200);
  for (const Json& result : odd.body.at("results")) CHECK(result.count("error") == 1);
}

}  // namespace truce::test
