// Rows of the table of bad input that reach a handler, over HTTP. (Framing and tokens: tests/http.)
// Row 90 and 97 differ from the table in one thing: an event that is wrong in itself is `rejected`
// alone, with 200; a body that is wrong is refused whole.
#include <catch2/catch.hpp>

#include "tests/api/support/world.h"

namespace truce::test {

namespace {

Reply send_text(const World& world, const std::string& body) {
  return world.truce.send("POST", "/v1/events", body);
}

std::string event_with(const std::string& record) {
  return R"({"system": "crm", "entity": "contact", "id": "c1", "occurred_at": "2026-05-01T00:00:01Z", "record": )" +
         record + "}";
}

std::string nested(std::size_t depth) {
  return event_with(std::string(depth, '[') + std::string(depth, ']'));
}

Json first_error(const Json& outcome) {
  CHECK(outcome.at("outcome") == "rejected");
  return outcome.at("errors").at(0).at("code");
}

}  // namespace

TEST_CASE("rows 73 and 74: what is no JSON is refused with its line") {
  const World world;
  for (const char* body : {" ", "\xEF\xBB\xBF{}", "{\"a\":1,}", "{/**/}", "{\"a\":NaN}",
                           "{\"a\":Infinity}", "{\"a\":01}", "{\"a\":1.}", "{'a':1}", "{} {}"}) {
    const Reply reply = send_text(world, body);
    INFO(body);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid-json");
  }
  CHECK(send_text(world, "{\n\n  oops").text.find("line 3") != std::string::npos);
}

TEST_CASE("row 64: bytes behind a NUL are not passed over") {
  const World world;
  CHECK(send_text(world, std::string("{}\0x", 4)).status == 400);
}

TEST_CASE("row 75: a body that is no object is no event") {
  const World world;
  for (const char* body : {"[1]", "\"x\"", "null", "42"}) {
    const Reply reply = send_text(world, body);
    INFO(body);
    CHECK(reply.status == 422);
    CHECK(reply.code() == "schema");
  }
}

TEST_CASE("row 76: a key that stands twice is refused, also after unescaping") {
  const World world;
  const Reply reply =
      send_text(world, event_with(R"({"email": "a@x.example", "\u0065mail": "b"})"));
  CHECK(reply.status == 400);
  CHECK(reply.code() == "duplicate-key");
  CHECK(reply.body.at("errors").at(0).at("pointer") == "/record/email");
}

TEST_CASE("row 77: nesting beyond 64 is refused, however deep") {
  const World world;
  for (const std::size_t depth : {65U, 10'000U, 1'000'000U}) {
    const Reply reply = send_text(world, nested(depth));
    CHECK(reply.status == 400);
    CHECK(reply.code() == "too-deep");
  }
  CHECK(world.truce.get("/healthz").status == 200);
}

TEST_CASE("rows 78 and 79: names and texts have a length") {
  const World world;
  CHECK(send_text(world, event_with("{\"" + std::string(257, 'k') + "\": 1}")).code() ==
        "field-name-too-long");
  CHECK(send_text(world, event_with("{\"name\": \"" + std::string(256 * 1024 + 1, 'x') + "\"}"))
            .code() == "field-too-long");
}

TEST_CASE("rows 80 and 81: text is UTF-8 without NUL") {
  const World world;
  for (const char* text : {"\xC3\x28", "\xC0\xAF", "\xED\xA0\x80", "\\ud800"}) {
    const Reply reply = send_text(world, event_with(std::string("{\"name\": \"") + text + "\"}"));
    INFO(text);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid-json");
  }
  const Reply nul = send_text(world, event_with(R"({"name": "a\u0000b"})"));
  CHECK(nul.status == 422);
  CHECK(nul.code() == "nul-in-text");
}

TEST_CASE("row 83: whole numbers of any size keep their digits") {
  const World world;
  int second = 1;
  for (const char* number : {"9007199254740993", "9223372036854775808", "18446744073709551615",
                             "18446744073709551616", "-9223372036854775809"}) {
    Json event = contact("crm", "c1", second++, {{"email", "a@edge.example"}});
    event["record"]["amount"] = make_number(number);
    CHECK(world.truce.ingest(event).at("record").at("amount") == number);
  }
}

TEST_CASE("rows 84 and 86: equal decimals are equal however they are written") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  event["record"]["amount"] = make_number("0.10");
  world.truce.ingest(event);
  event = contact("crm", "c1", 2, {{"email", "a@edge.example"}});
  event["record"]["amount"] = make_number("0.1");
  CHECK(world.truce.ingest(event).at("outcome") == "unchanged");
}

TEST_CASE("row 85: numbers beyond every use are refused") {
  const World world;
  const Reply lengthy =
      send_text(world, event_with("{\"amount\": " + std::string(2000, '1') + "}"));
  CHECK(lengthy.status == 422);
  CHECK(lengthy.code() == "number-too-long");
}

TEST_CASE("rows 87 and 98: a value that does not fit its field rejects it, and names it") {
  const World world;
  const Json outcome = world.truce.ingest(contact(
      "crm", "c1", 1, {{"email", "a@edge.example"}, {"amount", "twelve"}, {"name", "Ann"}}));
  REQUIRE_FALSE(outcome.at("errors").empty());
  CHECK(outcome.at("errors").at(0).at("field") == "amount");
  CHECK(outcome.at("record").count("amount") == 0);
  const Json crlf =
      world.truce.ingest(contact("crm", "c2", 1, {{"email", "a@edge.example\r\nBcc: x"}}));
  CHECK(crlf.at("errors").at(0).at("field") == "email");
}

TEST_CASE("row 89: fields that the policy does not know are let pass") {
  const World world;
  const Json outcome =
      world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}, {"shoe_size", 44}}));
  CHECK(outcome.at("outcome") == "applied");
  CHECK(outcome.at("record").count("shoe_size") == 0);
}

TEST_CASE("row 90: a system or entity that the policy does not know rejects the event alone") {
  const World world;
  CHECK(first_error(world.truce.ingest(contact("nobody", "1", 1, Json::object()))) ==
        "unknown-system");
  Json event = contact("crm", "1", 1, Json::object());
  event["entity"] = "spaceship";
  CHECK(first_error(world.truce.ingest(event)) == "unknown-entity");
}

TEST_CASE("row 91: ids are text, whatever they were; none, or a monster, is rejected") {
  const World world;
  Json event = contact("crm", "151", 1, {{"email", "a@edge.example"}});
  const Json first = world.truce.ingest(event);
  event["id"] = 151;
  CHECK(world.truce.ingest(event).at("outcome") == "duplicate");
  event.erase("id");
  CHECK(world.truce.ingest(event).at("outcome") == "rejected");
  event["id"] = std::string(2000, 'x');
  CHECK(first_error(world.truce.ingest(event)) == "id-invalid");
  CHECK(first.at("outcome") == "applied");
}

TEST_CASE("row 92: times that do not exist or have no zone are rejected, epochs are understood") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  for (const Json& time : {Json("2026-05-01T00:00:00"), Json("2026-02-30T00:00:00Z"),
                           Json("10000-01-01T00:00:00Z"), Json(-5), Json("soon")}) {
    event["occurred_at"] = time;
    INFO(to_wire(time));
    CHECK(first_error(world.truce.ingest(event)) == "timestamp-invalid");
  }
  for (const Json& time : {Json("2016-12-31T23:59:60Z"), Json(1777593601000)}) {
    event["occurred_at"] = time;
    INFO(to_wire(time));
    CHECK(world.truce.ingest(event).at("outcome") != "rejected");
  }
}

TEST_CASE("row 93: an event from the future counts from its receipt, and a question says so") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  event["occurred_at"] = "2190-01-01T00:00:00Z";
  CHECK(world.truce.ingest(event).at("outcome") != "rejected");
  CHECK(world.truce.get("/v1/exceptions?category=clock").body.at("exceptions").size() == 1);
}

TEST_CASE("row 94: an event older than what was applied is stale") {
  const World world;
  world.truce.ingest(contact("crm", "c1", 10, {{"email", "a@edge.example"}, {"name", "New"}}));
  const Json late = world.truce.ingest(contact("crm", "c1", 5, {{"name", "Old"}}));
  CHECK(late.at("outcome") == "stale");
  CHECK(late.at("record").at("name") == "New");
}

TEST_CASE("row 97: no event and 10,001 events are no batch") {
  const World world;
  CHECK(world.truce.post("/v1/events", {{"events", Json::array()}}).code() == "batch-size");
  const Json many = Json::array_t(10'001, Json::object());
  const Reply reply = world.truce.post("/v1/events", {{"events", many}});
  CHECK(reply.status == 422);
  CHECK(reply.code() == "batch-size");
  CHECK(world.truce.send("POST", "/v1/events", "\n\n", "application/x-ndjson").code() ==
        "batch-size");
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
  const std::string name = "<script>alert(1)</script> \xE2\x80\xAE javascript:";
  const Json outcome = world.truce.ingest(contact(
      "crm", "__proto__", 1,
      {{"email", "a@edge.example"}, {"name", name}, {"__proto__", {{"a.b", 1}}}, {"$where", 1}}));
  CHECK(outcome.at("record").at("name") == name);
}

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

TEST_CASE("row 106 to 108 and 121: a bad policy is refused with every place, the old one runs on") {
  const World world;
  const std::string before = world.truce.get("/v1/policy").body.at("sha256").get<std::string>();
  for (const char* text : {"{", "{\"version\": 1, \"version\": 1}", "{\"version\": 1, \"x\": 1}"}) {
    const Reply reply = world.truce.send("PUT", "/v1/policy", text);
    INFO(text);
    CHECK(reply.status == 422);
    CHECK_FALSE(reply.body.at("findings").empty());
  }
  CHECK(world.truce.get("/v1/policy").body.at("sha256") == before);
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
