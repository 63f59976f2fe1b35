// Rows 82 and 87 to 105 of the table of bad input (tests/bad_input.md): events that are wrong in
// themselves are rejected alone, with 200, and values that are wrong stop their field alone.
#include "tests/api/support/bad_input.h"

namespace truce::test {

namespace {

Json happens(const std::string& op, const std::string& id, int second) {
  Json event = contact("crm", id, second, {});
  event.erase("record");
  event["op"] = op;
  return event;
}

std::size_t open_items(const World& world, const std::string& category) {
  return world.truce.get("/v1/exceptions?state=unanswered&category=" + category)
      .body.at("exceptions")
      .size();
}

}  // namespace

TEST_CASE("row 87: a value that does not fit its field stops it alone, and is named") {
  const World world;
  const Json outcome = world.truce.ingest(contact(
      "crm", "c1", 1, {{"email", "a@edge.example"}, {"amount", "twelve"}, {"name", "Ann"}}));
  CHECK(outcome.at("outcome") == "applied");
  REQUIRE(outcome.at("errors").size() == 1);
  CHECK(outcome.at("errors").at(0).at("field") == "amount");
  CHECK(outcome.at("record").count("amount") == 0);
  CHECK(outcome.at("record").at("name") == "Ann");
  const Json list = world.truce.ingest(
      contact("crm", "c2", 1, {{"email", "b@edge.example"}, {"amount", Json::array({1})}}));
  CHECK(list.at("errors").at(0).at("code") == "type-mismatch");
  // What can be read without loss is read.
  const Json text = world.truce.ingest(
      contact("crm", "c3", 1, {{"email", "c@edge.example"}, {"amount", "12.50"}, {"name", 12}}));
  CHECK(text.at("errors").empty());
  CHECK(text.at("record").at("name") == "12");
}

TEST_CASE("row 88: null, an empty text and white space are one blank; absent says nothing") {
  const World world;
  world.truce.ingest(contact("crm", "c1", -60, {{"email", "a@edge.example"}, {"name", "Ann"}}));
  int second = -50;
  for (const Json& blank : {Json(nullptr), Json(""), Json(" \t")}) {
    const Json outcome = world.truce.ingest(contact("crm", "c1", second++, {{"name", blank}}));
    INFO(to_wire(outcome));
    CHECK(outcome.at("changes").empty());  // the policy keeps what was there
    CHECK(outcome.at("record").at("name") == "Ann");
  }
  const Json absent = world.truce.ingest(contact("crm", "c1", second, {{"amount", 1}}));
  CHECK(absent.at("record").at("name") == "Ann");
}

TEST_CASE("row 89: fields that the policy does not know are let pass") {
  const World world;
  const Json outcome =
      world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}, {"shoe_size", 44}}));
  CHECK(outcome.at("outcome") == "applied");
  CHECK(outcome.at("errors").empty());
  CHECK(outcome.at("record").count("shoe_size") == 0);
}

TEST_CASE("row 90: a system or entity that the policy does not know rejects the event alone") {
  const World world;
  CHECK(first_error(world.truce.ingest(contact("nobody", "1", 1, Json::object()))) ==
        "unknown-system");
  Json event = contact("crm", "1", 1, Json::object());
  event["entity"] = "spaceship";
  CHECK(first_error(world.truce.ingest(event)) == "unknown-entity");
  CHECK(open_items(world, "rejected") == 2);
}

TEST_CASE("row 91: ids are text, whatever they were; none, or a monster, is rejected") {
  const World world;
  Json event = contact("crm", "151", 1, {{"email", "a@edge.example"}});
  CHECK(world.truce.ingest(event).at("outcome") == "applied");
  event["id"] = 151;
  CHECK(world.truce.ingest(event).at("outcome") == "duplicate");
  for (const Json& id : {Json(std::string(1024, 'x')), Json("1 5"), Json(""), Json("a\nb"),
                         Json(true), Json::array()}) {
    event["id"] = id;
    INFO(to_wire(id).substr(0, 40));
    CHECK(first_error(world.truce.ingest(event)) == "id-invalid");
  }
  event.erase("id");
  CHECK(first_error(world.truce.ingest(event)) == "id-invalid");
}

TEST_CASE("row 92: times that do not exist or have no zone are rejected, epochs are understood") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  for (const Json& time :
       {Json("2026-05-01T00:00:00"), Json("2026-02-30T00:00:00Z"), Json("10000-01-01T00:00:00Z"),
        Json(-5), Json("soon"), Json(1'777'593'601'000'000'000), Json(Json::array())}) {
    event["occurred_at"] = time;
    INFO(to_wire(time));
    CHECK(first_error(world.truce.ingest(event)) == "timestamp-invalid");
  }
  event["occurred_at"] = "2016-12-31T23:59:60Z";
  CHECK(world.truce.ingest(event).at("outcome") == "applied");
  event["occurred_at"] = "2016-12-31T23:59:59.999999Z";
  CHECK(world.truce.ingest(event).at("outcome") == "duplicate");
  event["occurred_at"] = "2026-05-01T00:00:01Z";
  CHECK(world.truce.ingest(event).at("outcome") == "unchanged");
  for (const Json& same : {Json(1'777'593'601), Json(1'777'593'601'000),
                           Json(1'777'593'601'000'000), Json("2026-05-01T02:00:01+02:00")}) {
    event["occurred_at"] = same;
    INFO(to_wire(same));
    CHECK(world.truce.ingest(event).at("outcome") == "duplicate");
  }
}

TEST_CASE("row 93: an event from the future counts from its receipt, and a question says so") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  event["occurred_at"] = "2190-01-01T00:00:00Z";
  const Json outcome = world.truce.ingest(event);
  CHECK(outcome.at("outcome") == "applied");
  const std::string taken = outcome.at("changes").at(0).at("winner").at("changed_at");
  CHECK(taken < "2190");
  CHECK(open_items(world, "clock") == 1);
}

TEST_CASE("row 94: an event older than what was applied is stale") {
  const World world;
  world.truce.ingest(contact("crm", "c1", 10, {{"email", "a@edge.example"}, {"name", "New"}}));
  const Json late = world.truce.ingest(contact("crm", "c1", 5, {{"name", "Old"}}));
  CHECK(late.at("outcome") == "stale");
  CHECK(late.at("record").at("name") == "New");
}

TEST_CASE("row 95: a late word of a deleted or merged record brings nothing back") {
  const World world;
  const Json first = world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}}));
  world.truce.ingest(happens("delete", "c1", 10));
  CHECK(world.truce.ingest(contact("crm", "c1", 5, {{"email", "a@edge.example"}})).at("outcome") ==
        "stale");
  const Json deleted = world.truce.get("/v1/records/contact?system=crm&id=c1").body;
  CHECK_FALSE(deleted.at("deleted_at").is_null());

  world.truce.ingest(contact("crm", "c2", 1, {{"email", "b@edge.example"}}));
  Json merge = happens("merge", "c2", 10);
  merge["merged_into"] = "c3";
  const std::string survivor = world.truce.ingest(merge).at("golden_id");
  const Json late = world.truce.ingest(contact("crm", "c2", 20, {{"email", "b@edge.example"}}));
  CHECK(late.at("outcome") == "stale");
  CHECK(late.at("golden_id") == survivor);
  const Reply shown = world.truce.get("/v1/records/contact/" + survivor);
  for (const Json& link : shown.body.at("links")) {
    if (link.at("id") == "c2") CHECK(link.at("state") == "merged");
  }
}

TEST_CASE("row 96: a merge that leads back to itself is rejected") {
  const World world;
  for (const char* id : {"c1", "c2", "c3"}) {
    world.truce.ingest(contact("crm", id, 1, {{"email", std::string(id) + "@edge.example"}}));
  }
  const auto merge = [&](const std::string& from, const std::string& into, int second) {
    Json event = happens("merge", from, second);
    event["merged_into"] = into;
    return world.truce.ingest(event);
  };
  CHECK(first_error(merge("c1", "c1", 2)) == "merge-cycle");
  CHECK(merge("c1", "c2", 3).at("outcome") == "applied");
  CHECK(merge("c2", "c3", 4).at("outcome") == "applied");
  CHECK(first_error(merge("c3", "c1", 5)) == "merge-cycle");
}

TEST_CASE("row 97: no event and 10,001 events are no batch; of 100 one may be bad") {
  const World world;
  const std::size_t at_start = audit_entries(world);
  CHECK(world.truce.post("/v1/events", {{"events", Json::array()}}).code() == "batch-size");
  const Json many = Json::array_t(10'001, Json::object());
  const Reply reply = world.truce.post("/v1/events", {{"events", many}});
  CHECK(reply.status == 422);
  CHECK(reply.code() == "batch-size");
  CHECK(world.truce.send("POST", "/v1/events", "\n\n", "application/x-ndjson").code() ==
        "batch-size");
  CHECK(audit_entries(world) == at_start);

  Json hundred = Json::array();
  for (int i = 0; i < 100; ++i) {
    hundred.push_back(contact("crm", "c" + std::to_string(i), 1,
                              {{"email", "p" + std::to_string(i) + "@edge.example"}}));
  }
  hundred[42].erase("system");
  const Reply mixed = world.truce.post("/v1/events", {{"events", hundred}});
  REQUIRE(mixed.status == 200);
  const Json& results = mixed.body.at("results");
  REQUIRE(results.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) {
    INFO(i);
    CHECK(results.at(i).at("outcome") == (i == 42 ? "rejected" : "applied"));
  }
}

TEST_CASE("row 98: an address that is too long or would forge a header is refused alone") {
  const World world;
  const auto code_for = [&](const std::string& id, const std::string& email) {
    const Json outcome =
        world.truce.ingest(contact("crm", id, 1, {{"email", email}, {"name", "Ann"}}));
    REQUIRE(outcome.at("errors").size() == 1);
    CHECK(outcome.at("errors").at(0).at("field") == "email");
    CHECK(outcome.at("record").at("name") == "Ann");
    return outcome.at("errors").at(0).at("code").get<std::string>();
  };
  CHECK(code_for("c1", std::string(308, 'a') + "@edge.example") == "field-too-long");
  CHECK(code_for("c2", "a@edge.example\r\nBcc: x@edge.example") == "format");
}

TEST_CASE("row 100: formulas are kept as they are and defused in the CSV export") {
  const World world;
  Json event = contact("crm", "=HYPERLINK(1)", 1, {{"email", "a@edge.example"}});
  event["actor"] = "=cmd()";
  world.truce.ingest(event);
  const Reply csv = world.truce.get("/v1/audit/export?format=csv");
  REQUIRE(csv.status == 200);
  CHECK(csv.text.find(",\"=") == std::string::npos);
  CHECK(world.truce.get("/v1/records/contact?system=crm&id=%3DHYPERLINK(1)").status == 200);
}

TEST_CASE("rows 82, 101 and 105: strange text and strange keys are plain data") {
  const World world;
  const std::string name = "<script>alert(1)</script> \xE2\x80\xAE javascript: \x1B[31m";
  const Json outcome = world.truce.ingest(contact(
      "crm", "__proto__", 1,
      {{"email", "a@edge.example"}, {"name", name}, {"__proto__", {{"a.b", 1}}}, {"$where", 1}}));
  CHECK(outcome.at("record").at("name") == name);
  const Reply stored = world.truce.get("/v1/records/contact?system=crm&id=__proto__");
  CHECK(stored.body.at("record").at("name") == name);
  CHECK(stored.headers.find("Content-Type")->second == "application/json");
}

}  // namespace truce::test
