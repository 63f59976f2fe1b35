// The fast loop over HTTP: events in, outcomes and deliveries out, results back.
#include <catch2/catch.hpp>
#include <csignal>
#include <optional>

#include "tests/api/support/world.h"

namespace truce::test {

namespace {

Json settled(const TruceProcess& truce, const Json& delivery, Json result) {
  result["id"] = delivery.at("id");
  result["attempt"] = delivery.at("attempt");
  const Reply reply = truce.post("/v1/deliveries/settle", {{"results", Json::array({result})}});
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body.at("results").at(0);
}

}  // namespace

TEST_CASE("an edit in one system becomes a leased delivery to the other, and its echo nothing") {
  World world;
  const Json first = world.truce.ingest(
      contact("crm", "c1", 1, {{"email", "rose@edge.example"}, {"name", "Rose"}}));
  CHECK(first.at("outcome") == "applied");
  REQUIRE(first.at("deliveries").size() == 1);
  const Json& create = first.at("deliveries").at(0);
  CHECK(create.at("system") == "desk");
  CHECK(create.at("op") == "create");
  CHECK(create.at("state") == "leased");
  CHECK(create.at("fields") == Json({{"mail", "rose@edge.example"}, {"full_name", "Rose"}}));
  CHECK(create.at("origin") == "truce:" + create.at("id").get<std::string>());

  CHECK(settled(world.truce, create, {{"status", "delivered"}, {"record_id", "d1"}}).at("state") ==
        "delivered");
  const Json echo = world.truce.ingest(
      contact("desk", "d1", 2, {{"mail", "rose@edge.example"}, {"full_name", "Rose"}}));
  CHECK(echo.at("outcome") == "echo");
  CHECK(echo.at("deliveries").empty());

  const Json edit = world.truce.ingest(contact("desk", "d1", 5, {{"full_name", "Rose Edge"}}));
  CHECK(edit.at("outcome") == "applied");
  REQUIRE(edit.at("deliveries").size() == 1);
  CHECK(edit.at("deliveries").at(0).at("op") == "update");
  CHECK(edit.at("deliveries").at(0).at("record_id") == "c1");
  CHECK(edit.at("deliveries").at(0).at("fields") == Json({{"name", "Rose Edge"}}));
}

TEST_CASE("the same event is a duplicate with its first outcome, also after a restart") {
  const Folder folder;
  folder.write("policy.json", contact_policy());
  const Json event = contact("crm", "c1", 1, {{"email", "rose@edge.example"}});
  Json first;
  {
    TruceProcess truce(folder);
    first = truce.ingest(event);
    CHECK(truce.ingest(event).at("outcome") == "duplicate");
    truce.signal(SIGTERM);
    CHECK(truce.wait() == 0);
  }
  TruceProcess truce(folder);
  const Json again = truce.ingest(event);
  CHECK(again.at("outcome") == "duplicate");
  CHECK(again.at("deliveries").empty());
  CHECK(again.at("first") == as_first(first));
  CHECK(again.at("audit_seq") == first.at("audit_seq"));
}

TEST_CASE("a bad event in a batch is rejected alone; results stand in the order of the events") {
  World world;
  const Reply reply =
      world.truce.post("/v1/events", {{"events",
                                       {contact("crm", "c1", 1, {{"email", "a@edge.example"}}),
                                        contact("nobody", "x", 1, {{"email", "b@edge.example"}}),
                                        contact("crm", "c2", 1, {{"email", "c@edge.example"}})}},
                                      {"hand_out", false}});
  REQUIRE(reply.status == 200);
  const Json& results = reply.body.at("results");
  REQUIRE(results.size() == 3);
  CHECK(results[0].at("outcome") == "applied");
  CHECK(results[1].at("outcome") == "rejected");
  CHECK(results[1].at("errors").at(0).at("code") == "unknown-system");
  CHECK(results[2].at("outcome") == "applied");
  CHECK(results[0].at("deliveries").empty());  // hand_out: false
  CHECK(world.truce.get("/v1/deliveries?state=pending").body.at("deliveries").size() == 2);
}

TEST_CASE("each result names the event or payload of the request that it answers") {
  const World world;
  using Places = std::vector<std::pair<int, std::optional<int>>>;
  const auto places_of = [](const Reply& reply) {
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    Places places;
    for (const Json& result : reply.body.at("results")) {
      const bool is_of_payload = result.count("event") == 1;
      places.emplace_back(
          result.at("index").get<int>(),
          is_of_payload ? std::optional(result.at("event").get<int>()) : std::nullopt);
    }
    return places;
  };
  const auto payload_of = [](const std::vector<Json>& records) {
    return Json{{"system", "crm"},
                {"entity", "contact"},
                {"preset", "hubspot.record"},
                {"payload", {{"results", records}}}};
  };
  const auto record = [](const std::string& id) {
    return Json{{"id", id}, {"properties", {{"email", "a" + id + "@edge.example"}}}};
  };
  const Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  const Json nameless = {{"properties", Json::object()}};
  const Json two = payload_of({record("4"), nameless});
  const Json unreadable = payload_of({nameless});
  const Json events = {payload_of({}), two, event, unreadable, payload_of({record("5")}), event};

  const Reply whole = world.truce.post("/v1/events", {{"events", events}});
  CHECK(places_of(whole) == Places{{1, 0}, {1, 1}, {2, {}}, {3, {}}, {4, 0}, {5, {}}});
  const Json& again = whole.body.at("results").at(5);
  CHECK(again.at("outcome") == "duplicate");
  CHECK(again.at("first") == as_first(whole.body.at("results").at(2)));

  CHECK(places_of(world.truce.post("/v1/events", event)) == Places{{0, {}}});
  CHECK(places_of(world.truce.post("/v1/events", two)) == Places{{0, 0}, {0, 1}});
  const std::string lines = "\n" + to_wire(event) + "\n\n" + to_wire(two) + "\n";
  CHECK(places_of(world.truce.send("POST", "/v1/events", lines, "application/x-ndjson")) ==
        Places{{0, {}}, {1, 0}, {1, 1}});
}

TEST_CASE("a payload without a record, such as the page after the last, has no result") {
  const World world;
  const Json empty = {
      {"system", "crm"}, {"preset", "hubspot.record"}, {"payload", {{"results", Json::array()}}}};
  const std::size_t entries = world.truce.audit().size();
  const std::string lines = to_wire(empty) + "\n" + to_wire(empty);
  for (const Reply& reply :
       {world.truce.post("/v1/events", empty),
        world.truce.post("/v1/events", {{"events", {empty, empty}}}),
        world.truce.send("POST", "/v1/events", lines, "application/x-ndjson")}) {
    INFO(reply.text);
    CHECK(reply.status == 200);
    CHECK(reply.body.at("results") == Json::array());
  }
  CHECK(world.truce.audit().size() == entries);
}

TEST_CASE("lines of events are a batch, and a line that is no JSON refuses all of it") {
  World world;
  const std::string lines = to_wire(contact("crm", "c1", 1, {{"email", "a@edge.example"}})) +
                            "\n\n" +
                            to_wire(contact("crm", "c2", 1, {{"email", "b@edge.example"}})) + "\n";
  const Reply good =
      world.truce.send("POST", "/v1/events?hand_out=false", lines, "application/x-ndjson");
  REQUIRE(good.status == 200);
  CHECK(good.body.at("results").size() == 2);
  const std::size_t entries = world.truce.audit().size();
  const Reply bad =
      world.truce.send("POST", "/v1/events", lines + "{oops\n", "application/x-ndjson");
  CHECK(bad.status == 400);
  CHECK(bad.code() == "invalid-json");
  CHECK(bad.body.at("detail").get<std::string>().find("line 4") != std::string::npos);
  CHECK(world.truce.audit().size() == entries);
}

TEST_CASE("a claim gives each due delivery once, settle and extend answer item by item") {
  World world;
  world.truce.post("/v1/events", {{"events",
                                   {contact("crm", "c1", 1, {{"email", "a@edge.example"}}),
                                    contact("crm", "c2", 1, {{"email", "b@edge.example"}})}},
                                  {"hand_out", false}});
  const Reply claimed = world.truce.post("/v1/deliveries/claim", {{"limit", 10}});
  REQUIRE(claimed.body.at("deliveries").size() == 2);
  CHECK(world.truce.post("/v1/deliveries/claim", {{"limit", 10}}).body.at("deliveries").empty());

  const Json& one = claimed.body.at("deliveries").at(0);
  const Reply extended = world.truce.post(
      "/v1/deliveries/extend",
      {{"results",
        {{{"id", one.at("id")}, {"attempt", one.at("attempt")}, {"lease_ms", 120000}},
         {{"id", "nobody"}}}}});
  REQUIRE(extended.status == 200);
  CHECK(extended.body.at("results").at(0).count("error") == 0);
  CHECK(extended.body.at("results").at(1).at("error").at("code") == "not-found");

  const Json late = settled(world.truce, {{"id", one.at("id")}, {"attempt", 99}},
                            {{"status", "delivered"}, {"record_id", "d1"}});
  CHECK(late.at("error").at("code") == "lease-lost");
  CHECK(settled(world.truce, one, {{"status", "unknown"}}).count("error") == 0);
  CHECK(world.truce.get("/v1/deliveries?state=verifying").body.at("deliveries").size() == 1);
}

TEST_CASE("grouped claims are for one system, entity and operation each, of at most so many") {
  World world;
  Json events = Json::array();
  for (int index = 0; index < 5; ++index) {
    const std::string number = std::to_string(index);
    events.push_back(contact("crm", "c" + number, 1, {{"email", number + "@edge.example"}}));
  }
  world.truce.post("/v1/events", {{"events", events}, {"hand_out", false}});
  const Reply claimed = world.truce.post("/v1/deliveries/claim", {{"group", 2}});
  REQUIRE(claimed.status == 200);
  const Json& groups = claimed.body.at("groups");
  REQUIRE(groups.size() == 3);
  for (const Json& group : groups) {
    CHECK(group.at("system") == "desk");
    CHECK(group.at("op") == "create");
    CHECK(group.at("deliveries").size() <= 2);
  }
}

TEST_CASE("a permanent failure is a dead letter that is listed, replayed and discarded") {
  World world;
  const Json outcome = world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}}));
  const Json& delivery = outcome.at("deliveries").at(0);
  const Json failure = {{"class", "permanent"}, {"status", 400}, {"message", "no"}};
  CHECK(settled(world.truce, delivery, {{"status", "failed"}, {"error", failure}}).at("state") ==
        "dead");
  const std::string id = delivery.at("id").get<std::string>();
  CHECK(world.truce.get("/v1/deliveries?state=dead").body.at("deliveries").at(0).at("id") == id);
  const Reply items = world.truce.get("/v1/exceptions?category=dead_letter&state=unanswered");
  CHECK(items.body.at("exceptions").size() == 1);
  CHECK(world.truce.get("/v1/changes?kinds=dead_letter").body.at("changes").size() == 1);

  const Reply replayed = world.truce.post("/v1/deliveries/" + id + "/replay", Json::object());
  CHECK(replayed.status == 200);
  CHECK(world.truce.get("/v1/deliveries?state=dead").body.at("deliveries").empty());
  CHECK(world.truce.post("/v1/deliveries/nobody/replay", Json::object()).status == 404);
}

TEST_CASE("a refusal that names its fields is told in them, and the other fields go out") {
  World world;
  const Json outcome = world.truce.ingest(
      contact("crm", "c1", 1, {{"email", "a@edge.example"}, {"name", "Ann"}, {"amount", 5}}));
  const Json failure = {{"class", "permanent"},
                        {"status", 400},
                        {"message", "PROPERTY_DOESNT_EXIST"},
                        {"fields", {"full_name"}}};
  settled(world.truce, outcome.at("deliveries").at(0), {{"status", "failed"}, {"error", failure}});
  const Json due = world.truce.post("/v1/deliveries/claim", Json::object()).body.at("deliveries");
  REQUIRE(due.size() == 1);
  CHECK(due.at(0).at("op") == "create");
  CHECK(due.at(0).at("fields") == Json({{"mail", "a@edge.example"}, {"amount", 5}}));
  settled(world.truce, due.at(0), {{"status", "delivered"}, {"record_id", "d1"}});
  CHECK(world.truce.post("/v1/deliveries/claim", Json::object()).body.at("deliveries").empty());
  const Json dead = world.truce.get("/v1/deliveries?state=dead").body.at("deliveries");
  REQUIRE(dead.size() == 1);
  CHECK(dead.at(0).at("refused") == Json::array({"name"}));
  CHECK(dead.at(0).at("record_id") == "d1");
  const Json items = world.truce.get("/v1/exceptions?category=dead_letter").body.at("exceptions");
  REQUIRE(items.size() == 1);
  CHECK(items.at(0).at("field") == "name");
  CHECK(items.at(0).at("detail").at("error") == "400 PROPERTY_DOESNT_EXIST");
  for (const char* category : {"parked", "association"}) {
    CHECK(world.truce.get(std::string("/v1/exceptions?category=") + category).status == 200);
  }
}

TEST_CASE("numbers keep every digit from the request to the delivery and the record") {
  World world;
  const std::string event =
      R"({"system": "crm", "entity": "contact", "id": 9007199254740993,
          "occurred_at": "2026-05-01T00:00:01Z",
          "record": {"email": "a@edge.example", "amount": 12345678901234567.890123456789}})";
  const Reply reply = world.truce.send("POST", "/v1/events", event);
  REQUIRE(reply.status == 200);
  const Json& outcome = reply.body.at("results").at(0);
  CHECK(outcome.at("record").at("amount") == "12345678901234567.890123456789");
  CHECK(reply.text.find("12345678901234567.890123456789") != std::string::npos);
  const Reply record = world.truce.get("/v1/records/contact?system=crm&id=9007199254740993");
  REQUIRE(record.status == 200);
  CHECK(record.body.at("record").at("amount") == "12345678901234567.890123456789");
}

TEST_CASE("normalize, merge and resolve answer without keeping anything") {
  World world;
  const Reply normalized = world.truce.post(
      "/v1/normalize", {{"system", "crm"},
                        {"entity", "contact"},
                        {"record", {{"id", "c1"}, {"email", " Rose@Edge.example "}}}});
  CHECK(normalized.status == 200);
  CHECK(normalized.text.find("Edge.example") != std::string::npos);
  const Reply merged = world.truce.send("POST", "/v1/merge", R"({"entity": "contact", "inputs": {
      "crm": [{"id": "1", "email": "a@edge.example"}],
      "desk": [{"id": "2", "mail": "a@edge.example"}, {"id": "3", "mail": "b@edge.example"}]}})");
  INFO(merged.text);
  REQUIRE(merged.status == 200);
  CHECK(merged.body.at("matched").size() == 1);
  CHECK(merged.body.at("only").at("desk").size() == 1);
  CHECK(world.truce.get("/v1/records/contact?system=crm&id=1").status == 404);
  CHECK(world.truce.post("/v1/merge", {{"entity", "nothing"}, {"inputs", Json::object()}}).status ==
        422);
}

TEST_CASE("a merge of many pages is kept until it is closed, and is no secret of one call") {
  World world;
  const auto opened =
      world.truce.post("/v1/merges", {{"entity", "contact"}, {"output", "changed"}});
  REQUIRE(opened.status == 200);
  const std::string path = "/v1/merges/" + opened.body.at("merge").at("id").get<std::string>();
  const Json crm{{"id", "1"}, {"email", "a@edge.example"}};
  const Json desk{{"id", "2"}, {"mail", "a@edge.example"}};
  const auto page = [&](const char* system, const Json& from, const Json& records) {
    return world.truce.post(path + "/pages",
                            {{"system", system}, {"from", from}, {"records", records}});
  };
  CHECK(page("desk", 1, Json::array({{{"id", "3"}, {"mail", "b@edge.example"}}})).status == 200);
  CHECK(page("crm", 0, Json::array({crm})).status == 200);
  const auto lines = [&](const std::string& query, const std::string& body) {
    return world.truce.send("POST", path + "/pages" + query, body, "application/x-ndjson");
  };
  const auto last = lines("?system=desk&from=0", to_wire(desk) + "\n\n");
  CHECK(number_text(last.body.at("records")) == "3");
  CHECK(lines("?system=nobody", to_wire(desk)).status == 422);
  CHECK(lines("?system=desk&from=x", to_wire(desk)).status == 400);
  const auto torn = lines("?system=desk", to_wire(desk) + "\n{\"id\": \"4\"");
  CHECK(torn.status == 400);
  CHECK(torn.text.find("line 2") != std::string::npos);
  CHECK(lines("?system=desk", "[1]").status == 422);
  CHECK(page("nobody", 0, Json::array({desk})).status == 422);
  CHECK(page("desk", -1, Json::array({desk})).status == 422);
  CHECK(page("desk", 0, desk).status == 422);

  const auto first = world.truce.post(path + "/complete", {{"limit", 1}});
  REQUIRE(first.status == 200);
  CHECK(number_text(first.body.at("next")) == "1");
  const auto rest = world.truce.post(path + "/complete", {{"after", 1}});
  CHECK(rest.body.at("next").is_null());
  CHECK(rest.body.at("only").at("desk").size() == 1);
  CHECK(world.truce.post(path + "/complete", {{"limit", 0}}).status == 422);

  CHECK(world.truce.send("DELETE", path, "").status == 200);
  CHECK(world.truce.send("DELETE", path, "").status == 404);
  CHECK(page("crm", 0, Json::array({crm})).status == 404);
  CHECK(world.truce.post(path + "/complete", Json::object()).status == 404);
  CHECK(world.truce.get("/v1/records/contact?system=crm&id=1").status == 404);
}

TEST_CASE("open merges are few, and one that is closed makes room") {
  World world;
  const auto open = [&] { return world.truce.post("/v1/merges", {{"entity", "contact"}}); };
  std::string id;
  for (int i = 0; i < 8; ++i) {
    const auto opened = open();
    REQUIRE(opened.status == 200);
    id = opened.body.at("merge").at("id").get<std::string>();
  }
  CHECK(open().status == 503);
  CHECK(world.truce.send("DELETE", "/v1/merges/" + id, "").status == 200);
  CHECK(open().status == 200);
}

}  // namespace truce::test
