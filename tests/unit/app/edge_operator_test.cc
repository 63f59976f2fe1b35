// Edge cases E80 to E83, and what else a person's answer must hold to.
#include <set>

#include "engine/app/item_text.h"
#include "engine/app/render.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

const std::string asked = R"("type": "text", "rule": "escalate")";

ExceptionItem open_question(Office& office) {
  office.both_know({{"status", "open"}});
  office.says("crm", "c1", {{"status", "won"}});
  office.says("desk", "d1", {{"status", "lost"}});
  return office.the_item(Category::conflict);
}

// Of crm, whose options are these.
Terms with_tiers(const std::string& options) {
  return {
      R"("tier": {"type": "enum", "rule": "recency", "map": {"crm": {"path": "tier", "values": {)" +
      options + R"(}}, "desk": "tier"}}, )" + text_field("name")};
}

}  // namespace

TEST_CASE("E80 an answer to values that have moved since is refused, and the fresh ones stand") {
  Office office({one_field("status", asked)});
  const ExceptionItem seen = open_question(office);
  office.says("desk", "d1", {{"status", "postponed"}});
  const auto refused = office.answer(seen.id.text, {{"choose", "desk"}, {"version", seen.version}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::version_moved);
  const ExceptionItem fresh = office.the_item(Category::conflict);
  CHECK(fresh.version > seen.version);
  REQUIRE(office.answer(fresh.id.text, {{"choose", "desk"}, {"version", fresh.version}}));
  CHECK(office.shown("status") == "postponed");
}

TEST_CASE("E80 a token is good for one answer to one version") {
  Office office({one_field("status", asked)});
  const ExceptionItem seen = open_question(office);
  const std::string old = action_token(seen, "choose:desk", office.secrets);
  office.says("desk", "d1", {{"status", "postponed"}});
  CHECK_FALSE(office.answer(seen.id.text, {{"choose", "desk"}, {"token", old}}));
  const std::string token =
      action_token(office.the_item(Category::conflict), "choose:desk", office.secrets);
  CHECK_FALSE(office.answer(seen.id.text, {{"choose", "crm"}, {"token", token}}));
  CHECK(office.answer(seen.id.text, {{"token", token}}));
  CHECK_FALSE(office.answer(seen.id.text, {{"token", token}}));
  CHECK(office.shown("status") == "postponed");
}

TEST_CASE("E80 a pressed button sends its token alone: an old one has moved, a false one is none") {
  Office office({one_field("status", asked)});
  const ExceptionItem seen = open_question(office);
  const std::string old = action_token(seen, "choose:desk", office.secrets);
  office.says("desk", "d1", {{"status", "postponed"}});
  office.says("desk", "d1", {{"status", "lost again"}});
  for (const std::string& pressed : {old, old.substr(0, 32)}) {
    const auto refused = office.answer(seen.id.text, {{"token", pressed}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::version_moved);
  }
  const ExceptionItem fresh = office.the_item(Category::conflict);
  const std::string token = action_token(fresh, "choose:desk", office.secrets);
  for (const std::string& invented : {std::string(40, '0'), token.substr(0, 8)}) {
    const auto refused = office.answer(seen.id.text, {{"token", invented}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::format);
    CHECK(refused.error().pointer == "/token");
  }
  CHECK(office.answer(seen.id.text, {{"token", token.substr(0, 32)}}));
  CHECK(office.shown("status") == "lost again");
}

TEST_CASE(
    "a question that only others may decide is neither dismissed nor replayed, in bulk neither") {
  Office office({one_field("status", asked + R"(, "decide": {"roles": ["finance"]})")});
  const ExceptionItem item = open_question(office);
  const Json answer{{"version", item.version}};
  const auto refused_to = [&](const std::vector<std::string>& roles) {
    std::set<Code> codes;
    for (const auto call : {dismiss_exception, replay_exception}) {
      const auto done =
          office.run([&](Context& context) { return call(context, item.id, answer, roles); });
      codes.insert(done ? Code::internal : done.error().code);
    }
    return codes;
  };
  CHECK(refused_to({"sales"}) == std::set<Code>{Code::not_allowed});
  const Json bulk{{"category", "conflict"}, {"action", "dismiss"}};
  const auto in_bulk = [&](const std::vector<std::string>& roles) {
    return office.run([&](Context& context) { return work_in_bulk(context, bulk, roles); })
        .value()["results"][0];
  };
  CHECK(in_bulk({"sales"})["error"]["code"] == "not-allowed");
  CHECK(office.the_item(Category::conflict).version == item.version);
  CHECK(in_bulk({"sales", "finance"})["exception"]["state"] == "dismissed");
  CHECK(office.open_items().empty());
}

TEST_CASE("who answers and carries nothing out leaves the writes in the outbox") {
  Office office({one_field("status", asked)});
  const ExceptionItem item = open_question(office);
  Json answer{{"choose", "desk"}, {"version", item.version}, {"hand_out", "no"}};
  const auto refused = office.answer(item.id.text, answer);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().pointer == "/hand_out");
  answer["hand_out"] = false;
  const auto done = office.answer(item.id.text, answer);
  REQUIRE(done);
  CHECK((*done)["deliveries"].empty());
  CHECK(office.deliveries_in(DeliveryState::leased).empty());
  CHECK(office.waiting() == Json({{"crm", {{"status", "lost"}}}}));
}

TEST_CASE("E81 the second to answer is told who was first, and changes nothing") {
  Office office({one_field("status", asked)});
  const ExceptionItem item = open_question(office);
  REQUIRE(office.answer(item.id.text,
                        {{"choose", "crm"}, {"version", item.version}, {"actor", "ada"}}));
  const auto second = office.answer(
      item.id.text, {{"choose", "desk"}, {"version", item.version}, {"actor", "grace"}});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::already_settled);
  CHECK(second.error().message.find("ada") != std::string::npos);
  CHECK(office.shown("status") == "won");
}

TEST_CASE("E81 a claim of what another person holds says so, and the question has not moved") {
  Office office({one_field("status", asked)});
  const ExceptionItem item = open_question(office);
  const auto claim = [&](const std::string& who) {
    return office.run([&](Context& context) {
      return claim_exception(context, item.id, {{"actor", who}});
    });
  };
  REQUIRE(claim("ada"));
  REQUIRE(claim("ada"));
  const auto second = claim("grace");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::already_settled);
  CHECK(second.error().message == "the item is claimed by ada");
  CHECK(office.the_item(Category::conflict).version == item.version);
}

TEST_CASE("an answer is one answer, and a bad one says where") {
  Office office({one_field("status", R"("type": "integer", "rule": "escalate")")});
  office.both_know({{"status", 1}});
  office.says("crm", "c1", {{"status", 2}});
  office.says("desk", "d1", {{"status", 3}});
  const ExceptionItem item = office.the_item(Category::conflict);
  const auto refused = [&](Json body) {
    body["version"] = item.version;
    const auto done = office.answer(item.id.text, body);
    REQUIRE_FALSE(done);
    return std::pair(done.error().code, done.error().pointer);
  };
  using Refusal = std::pair<Code, std::string>;
  CHECK(refused({{"choose", "desk"}, {"value", 4}}) == Refusal{Code::schema, "/value"});
  CHECK(refused({{"choose", "desk"}, {"action", "dismiss"}}) == Refusal{Code::schema, "/action"});
  CHECK(refused({{"action", "value"}}) == Refusal{Code::required, "/value"});
  CHECK(refused({{"value", "four"}}).second == "/value");
  CHECK(refused({{"action", "merge"}}) == Refusal{Code::action_unknown, "/action"});
  const std::vector<std::string> takes{"choose:crm", "choose:desk", "value", "dismiss"};
  CHECK(answers_to(item) == takes);
  const std::string token = action_token(item, "value", office.secrets);
  const auto unsaid = office.answer(item.id.text, {{"token", token}});
  REQUIRE_FALSE(unsaid);
  CHECK(unsaid.error().code == Code::required);
  const auto done =
      office.answer(item.id.text, {{"value", 4}, {"action", "value"}, {"token", token}});
  REQUIRE(done);
  CHECK((*done)["exception"]["updated_at"] == (*done)["exception"]["closed_at"]);
  CHECK(office.shown("status") == 4);
}

TEST_CASE("in bulk a category that is none is named, with those that there are") {
  Office office({text_field("name")});
  const auto refused = office.run([](Context& context) {
    return work_in_bulk(context, {{"category", "conflicts"}, {"action", "dismiss"}}, {});
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().pointer == "/category");
  CHECK(refused.error().message.starts_with(
      "there is no category 'conflicts'; take one of conflict, rejected,"));
}

TEST_CASE("E82 further edits of an open question are candidates of the same item; the rest flows") {
  Office office({one_field("status", asked) + ", " + text_field("name")});
  const ExceptionItem item = open_question(office);
  office.says("crm", "c1", {{"status", "won big"}, {"name", "Ada"}});
  const ExceptionItem same = office.the_item(Category::conflict);
  CHECK(same.id == item.id);
  CHECK(same.version == item.version + 1);
  CHECK(same.candidates.size() == 2);
  CHECK(office.waiting() == Json({{"desk", {{"name", "Ada"}}}}));
}

TEST_CASE("E83 the echo of a decision is an echo and opens nothing again") {
  Office office({one_field("status", asked)});
  const ExceptionItem item = open_question(office);
  const auto done = office.answer(item.id.text, {{"value", "closed"}, {"version", item.version}});
  REQUIRE(done);
  REQUIRE((*done)["deliveries"].size() == 2);
  office.advance(1000);
  for (const Json& delivery : (*done)["deliveries"]) office.delivered(delivery);
  CHECK(office.says("crm", "c1", {{"status", "closed"}})["outcome"] == "echo");
  CHECK(office.says("desk", "d1", {{"status", "closed"}})["outcome"] == "echo");
  CHECK(office.open_items().empty());
  CHECK(office.deliver_all().empty());
  CHECK(office.explained(office.golden, "status")["winner"]["rule"] != "escalate");
}

TEST_CASE(
    "E77 a refused field is replayed under a policy that knows it, whatever else its event says") {
  Office office(with_tiers(R"("Hot": "hot")"));
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"tier", "Cold"}, {"name", "Grace"}});
  office.deliver_all();
  const ExceptionItem item = office.the_item(Category::drift);
  office.policy =
      policy_of(Office::policy_text(with_tiers(R"("Hot": "hot", "Cold": "cold", "Old": "cold")")));
  const auto done = office.answer(item.id.text, {{"action", "replay"}, {"version", item.version}});
  REQUIRE(done);
  CHECK((*done)["exception"]["resolution"] == "replayed");
  CHECK(office.shown("tier") == "cold");
  REQUIRE((*done)["deliveries"].size() == 1);
  CHECK((*done)["deliveries"][0]["fields"] == Json({{"tier", "cold"}}));
  CHECK(office.open_items().empty());
  std::vector<std::string> told;
  for (const Change& change : office.store->read()->list_changes(0, 1000)) {
    if (change.kind == "exception") told.push_back(text_at(json_of(change.body), "state"));
  }
  CHECK(told == std::vector<std::string>{"open", "resolved"});
}

TEST_CASE("in bulk an item that is refused stays as it was, and the others are done") {
  Office office(with_tiers(R"("Hot": "hot")"));
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c2", {{"email", "grace@example.com"}, {"name", "Grace"}});
  office.says("crm", "c1", {{"tier", "Cold"}, {"name", "Ada L."}});
  office.says("crm", "c2", {{"tier", "Warm"}, {"name", "Grace H."}});
  const auto items = office.items_of(Category::drift);
  REQUIRE(items.size() == 2);
  office.policy = policy_of(Office::policy_text(with_tiers(R"("Hot": "hot", "Cold": "cold")")));
  const std::size_t entries = office.audit().size();
  const Json results =
      office
          .run([&](Context& context) {
            const Json body{{"ids", {items[1].id.text, items[0].id.text}}, {"action", "replay"}};
            return work_in_bulk(context, body, {});
          })
          .value()["results"];
  CHECK(results[0]["error"]["code"] == "format");
  CHECK(results[1]["exception"]["resolution"] == "replayed");
  const ExceptionItem left = office.the_item(Category::drift);
  CHECK(left.id == items[1].id);
  CHECK(left.version == items[1].version);
  CHECK(office.audit().size() == entries + 2);  // its release and its decision
}

TEST_CASE("E83 what an answer beat stays beaten when the next question is answered") {
  for (const char* rule : {"escalate", "immutable"}) {
    INFO(rule);
    Office office({one_field("status", R"("type": "text", "rule": ")" + std::string(rule) + '"')});
    office.both_know({{"status", "open"}});
    office.says("crm", "c1", {{"status", "won"}});
    office.says("desk", "d1", {{"status", "lost"}});
    std::string chosen;
    for (int question = 0; question < 4 && !office.open_items().empty(); ++question) {
      const ExceptionItem item = office.open_items().front();
      chosen = item.candidates.back().system.text;
      REQUIRE(office.answer(item.id.text, {{"choose", chosen}, {"version", item.version}}));
      office.deliver_all();
    }
    REQUIRE(office.open_items().empty());
    office.says("crm", "c1", {{"status", "reopened"}});
    const ExceptionItem again = office.open_items().at(0);
    const auto done = office.answer(again.id.text, {{"choose", "crm"}, {"version", again.version}});
    REQUIRE(done);
    CHECK(office.open_items().empty());
    CHECK(office.shown("status") == "reopened");
    CHECK((*done)["deliveries"].size() == 1);
  }
}

TEST_CASE(
    "E83 a question about what was decided before says what, and takes 'keep' for an answer") {
  Office office({one_field("amount", R"("type": "decimal", "rule": "escalate", "group": "price")") +
                 ", " +
                 one_field("currency", R"("type": "text", "rule": "escalate", "group": "price")")});
  office.both_know({{"amount", "100"}, {"currency", "USD"}});
  office.says("crm", "c1", {{"amount", "120"}, {"currency", "EUR"}});
  const auto keep = [&](const ExceptionItem& item) {
    return office.answer(item.id.text, {{"action", "keep"}, {"version", item.version}});
  };
  const ExceptionItem first = office.the_item(Category::conflict);
  REQUIRE_FALSE(keep(first));
  CHECK(keep(first).error().code == Code::action_unknown);
  REQUIRE(office.answer(first.id.text,
                        {{"choose", "crm"}, {"version", first.version}, {"hand_out", false}}));
  CHECK(office.deliver_all().size() == 1);

  office.says("desk", "d1", {{"amount", "90"}, {"currency", "USD"}});
  const ExceptionItem again = office.the_item(Category::conflict);
  CHECK(text_for_people(again, office.now, office.secrets)["plain"].get<std::string>().find(
            "stands now: {\"amount\":\"120\",\"currency\":\"EUR\"}") != std::string::npos);
  const auto done = keep(again);
  REQUIRE(done);
  CHECK(office.open_items().empty());
  CHECK(office.shown("amount") == "120");
  CHECK(office.shown("currency") == "EUR");
  REQUIRE((*done)["deliveries"].size() == 1);
  CHECK((*done)["deliveries"][0]["system"] == "desk");
  CHECK(to_wire((*done)["deliveries"][0]["fields"]) == R"({"amount":120,"currency":"EUR"})");
}

TEST_CASE("'keep' answers a question about elements that a system took away") {
  Office office({one_field("tags", R"("type": "set", "rule": "union", "removals": "escalate")")});
  office.both_know({{"tags", {"a", "b"}}});
  office.says("crm", "c1", {{"tags", {"a"}}});
  const ExceptionItem item = office.the_item(Category::conflict);
  const auto done = office.answer(item.id.text, {{"action", "keep"}, {"version", item.version}});
  REQUIRE(done);
  CHECK(office.open_items().empty());
  REQUIRE((*done)["deliveries"].size() == 1);
  CHECK((*done)["deliveries"][0]["system"] == "crm");
  CHECK((*done)["deliveries"][0]["fields"] == Json({{"tags", {"a", "b"}}}));
}

TEST_CASE("escalate when concurrent asks only where neither knew of the other") {
  Office office(
      {one_field("status", R"("type": "text", "rule": "escalate", "when": "concurrent")")});
  office.both_know({{"status", "open"}});
  office.says("crm", "c1", {{"status", "won"}});
  CHECK(office.open_items().empty());
  CHECK(office.deliver_all().size() == 1);
  // desk held crm's value before its own edit: it knew.
  office.says("desk", "d1", {{"status", "lost"}});
  CHECK(office.open_items().empty());
  CHECK(office.shown("status") == "lost");
  office.deliver_all();
  // Twice in a row, and the first time it knew.
  office.says("crm", "c1", {{"status", "paused"}});
  office.says("crm", "c1", {{"status", "halted"}});
  CHECK(office.open_items().empty());
  CHECK(office.shown("status") == "halted");
  office.deliver_all();
  office.says("crm", "c1", {{"status", "reopened"}});
  office.says("desk", "d1", {{"status", "archived"}});  // before it was told
  CHECK(office.items_of(Category::conflict).size() == 1);
  CHECK(office.waiting().empty());
}

TEST_CASE("a group is one question, and is decided together") {
  Office office({one_field("amount", R"("type": "decimal", "rule": "escalate", "group": "price")") +
                 ", " +
                 one_field("currency", R"("type": "text", "rule": "escalate", "group": "price")")});
  office.both_know({{"amount", "100"}, {"currency", "USD"}});
  office.says("crm", "c1", {{"amount", "120"}, {"currency", "USD"}});
  office.says("desk", "d1", {{"amount", "100"}, {"currency", "EUR"}});
  const ExceptionItem item = office.the_item(Category::conflict);
  const auto done = office.answer(item.id.text, {{"choose", "desk"}, {"version", item.version}});
  REQUIRE(done);
  CHECK(office.shown("amount") == "100");
  CHECK(office.shown("currency") == "EUR");
  REQUIRE((*done)["deliveries"].size() == 1);
  CHECK((*done)["deliveries"][0]["system"] == "crm");
  CHECK(office.open_items().empty());
}

TEST_CASE("a private field stands sealed in the raw event and in the audit trail") {
  Office office({one_field("ssn", R"("type": "text", "rule": "recency", "private": true)")});
  office.both_know({{"ssn", "078-05-1120"}});
  const Json answer = office.says("crm", "c1", {{"ssn", "219-09-9999"}});
  const auto raw = office.store->read()->find_raw(EventKey(answer["event_key"].get<std::string>()));
  REQUIRE(raw);
  CHECK(raw->body.find("219-09-9999") == std::string::npos);
  CHECK(raw->body.find("$sealed") != std::string::npos);
  for (const AuditEntry& entry : office.audit()) {
    const std::string& body = entry.body;
    CHECK(body.find("219-09-9999") == std::string::npos);
    CHECK(body.find("078-05-1120") == std::string::npos);
    CHECK(to_wire(json_of(body)) == body);
  }
  CHECK(office.shown("ssn") == "219-09-9999");
}

TEST_CASE("a private field stands sealed also in an event that waits") {
  Office office(with_companies(
      R"("create_in": [])",
      ", " + one_field("ssn", R"("type": "text", "rule": "recency", "private": true)")));
  const Json event = office.event(
      "crm", "c1", {{"email", "ada@example.com"}, {"company_id", "k1"}, {"ssn", "219-09-9999"}});
  REQUIRE(office.send(event)["outcome"] == "parked");
  const auto waiting = office.store->read()->parked_for("reference/crm/company/k1", 10);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].body.find("219-09-9999") == std::string::npos);
  office.company_comes();
  office.golden = office.source_of("crm", "c1").golden.text;
  CHECK(office.shown("ssn") == "219-09-9999");
}

TEST_CASE("the audit trail's bodies are in the form that an export gives back") {
  Office office({one_field("status", asked) + ", " + text_field("name")});
  open_question(office);
  office.says("crm", "c1", {{"name", "\"Ada\"\n\xC3\x9C"}}, {{"actor", "user:7"}});
  office.says("crm", "c1", {{"name", Json::array({1})}});
  office.send(Json{{"system", "nobody"}, {"entity", "contact"}});
  office.deliver_all();
  for (const AuditEntry& entry : office.audit()) {
    CHECK(to_wire(json_of(entry.body)) == entry.body);
  }
}

}  // namespace truce::test
