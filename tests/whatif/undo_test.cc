// What an undo takes back, and what it leaves to a person.
#include "tests/unit/app/two_desks.h"
#include "tests/whatif/undoing.h"

namespace truce::test {
namespace {

constexpr const char* recency = R"("type": "text", "rule": "recency")";

std::size_t entries_in(World& world) { return world.store->read()->last_audit()->sequence; }

}  // namespace

TEST_CASE("an undo sets the value from before, and writes it to who got the other") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  const Json line = only(answer["undone"]);
  CHECK(line["field"] == "f");
  CHECK(line["from"] == "B");
  CHECK(line["to"] == "A");
  CHECK(answer["conflicts"].empty());
  CHECK(desks.shown() == "A");
  CHECK(desks.waiting()["desk"] == "A");
  CHECK_FALSE(desks.waiting().contains("crm"));
  CHECK(desks.explained(desks.golden, "f")["winner"]["rule"] == "decision");
  // From it the time is measured until the systems agree.
  const auto last = desks.store->read()->last_audit();
  REQUIRE(last);
  CHECK(json_of(last->body)["to_write"].contains("desk"));
}

TEST_CASE("what an undo decided is explained with when it did, and by whose word it went over") {
  Desks desks(R"("type": "set", "rule": "union", "removals": "ignore")");
  desks.link_all();
  desks.says("crm", {"a"}, 1);
  const Json wrong = desks.says("desk", {"a", "b"}, 2);
  desks.advance(5000);
  const std::string undone_at = to_rfc3339(desks.now);
  undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  desks.advance(5000);
  const Json explained = desks.explained(desks.golden, "f");
  CHECK_THAT(explained["sentence"].get<std::string>(),
             Catch::StartsWith("f is [\"a\"]: a decision says so since " + undone_at));
  CHECK(explained["winner"]["rule"] == "decision");
  const Json lost = only(explained["losers"]);
  CHECK(lost["system"] == "desk");
  CHECK(lost["value"] == Json{"b"});
  CHECK(lost["event_key"] == wrong["event_key"]);
  CHECK(lost["why"] == explained["why"]);
}

TEST_CASE("a value of any type goes back") {
  const auto [type, before, after] =
      GENERATE(table<std::string, Json, Json>({{"integer", 1, 2},
                                               {"integer", 0, -7},
                                               {"integer", "90071992547409930", 3},
                                               {"decimal", "1.5", "2.25"},
                                               {R"(money", "currency": "EUR)", "1.50", "2.00"},
                                               {"boolean", true, false},
                                               {"date", "2026-01-02", "2026-01-03"},
                                               {"set", {"a"}, {"a", "b"}},
                                               {"email", "a@x.de", "b@x.de"}}));
  INFO(type << ' ' << to_wire(before));
  Desks desks(R"("rule": "recency", "type": ")" + type + '"');
  desks.link_all();
  desks.says("crm", before, 1);
  const Json shown_before = desks.shown();
  const Json answer = undo(desks, {{"event_key", key_of(desks.says("desk", after, 2))}}, "u1");
  CHECK(to_wire(only(answer["undone"])["to"]) == to_wire(shown_before));
  CHECK(answer["conflicts"].empty());
  CHECK(desks.shown() == shown_before);
}

TEST_CASE("a value that another system spells otherwise since is the same, and goes back") {
  Desks desks(R"("type": "email", "rule": "recency")");
  desks.link_all();
  desks.says("crm", "a@x.de", 1);
  const Json wrong = desks.says("desk", "b@x.de", 2);
  desks.says("desk", "B@x.de", 3);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(answer["conflicts"].empty());
  CHECK(desks.shown() == "a@x.de");
}

TEST_CASE("a plan of an undo says the same and writes nothing") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  const std::size_t before = entries_in(desks);
  const Json plan = undo_plan(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(entries_in(desks) == before);
  CHECK(desks.shown() == "B");
  CHECK(plan["mode"] == "plan");
  CHECK_FALSE(plan["deliveries"].empty());
  CHECK(plan["undone"] == undo(desks, {{"event_key", key_of(wrong)}}, "u1")["undone"]);
}

TEST_CASE("what has changed since is a conflict that says what it is now and whose it is") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  desks.says("bill", "C", 3);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(answer["undone"].empty());
  CHECK(answer["records"] == 0);
  const Json conflict = only(answer["conflicts"]);
  CHECK(conflict["made"] == "B");
  CHECK(conflict["now"] == "C");
  CHECK(conflict["by"] == "bill");
  CHECK(desks.shown() == "C");
}

TEST_CASE("several changes of one field go back to before the first") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.clock(10);
  desks.says("desk", "B", 2);
  desks.says("bill", "C", 3);
  const Json answer = undo(desks, {{"since", to_rfc3339(second(10))}}, "u1");
  CHECK(only(answer["undone"])["to"] == "A");
  CHECK(only(answer["undone"])["entries"].size() == 2);
}

TEST_CASE("where another change came between, they go back to that one") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  desks.says("bill", "C", 3);
  desks.says("desk", "D", 4);
  const Json answer = undo(desks, {{"system", "desk"}, {"entity", "contact"}}, "u1");
  CHECK(only(answer["undone"])["to"] == "C");
}

TEST_CASE("an undo is undone by its id, and can be undone again") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  desks.advance(10);
  const Json back = undo(desks, {{"undo", "u1"}}, "u2");
  CHECK(only(back["undone"])["to"] == "B");
  CHECK(desks.shown() == "B");
  desks.advance(10);
  undo(desks, {{"undo", "u2"}}, "u3");
  CHECK(desks.shown() == "A");
}

TEST_CASE("the same undo again does nothing twice, and tells of no conflict with itself") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  const std::size_t before = entries_in(desks);
  const Json again = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(again["undone"].empty());
  CHECK(again["conflicts"].empty());
  CHECK(entries_in(desks) == before);
}

TEST_CASE("a newer word than the undo counts again") {
  Desks desks(recency);
  desks.link_all();
  desks.says("crm", "A", 1);
  undo(desks, {{"event_key", key_of(desks.says("desk", "B", 2))}}, "u1");
  desks.says("bill", "C", 5);
  CHECK(desks.shown() == "C");
}

TEST_CASE("the record's beginning is not undone, and a person is told what to do") {
  Desks desks(recency);
  desks.link_all();
  const Json answer = undo(desks, {{"system", "crm"}}, "u1");
  CHECK(answer["undone"].empty());
  CHECK(only(answer["conflicts"])["why"] == "the golden record began with this change");
  CHECK_FALSE(only(answer["conflicts"])["do"].get<std::string>().empty());
}

TEST_CASE("a delete in its grace is taken back: nobody else is told to delete") {
  Desks desks(recency, R"(, "delete": "propagate", "delete_grace_ms": 60000)");
  desks.link_all();
  desks.says("crm", "A", 1);
  for (const Json& delivery : desks.claim_all()) desks.delivered(delivery);
  desks.clock(20);
  const Json gone = desks.send({{"system", "crm"},
                                {"entity", "contact"},
                                {"id", "crm1"},
                                {"op", "delete"},
                                {"occurred_at", to_rfc3339(second(20))}},
                               false);
  const auto erasing = [&] {
    std::size_t count = 0;
    for (const Delivery& delivery : desks.deliveries_in(DeliveryState::pending)) {
      count += delivery.operation == Operation::erase;
    }
    return count;
  };
  REQUIRE(erasing() == 2);
  const Json answer = undo(desks, {{"event_key", key_of(gone)}}, "u1");
  CHECK(erasing() == 0);
  CHECK(only(answer["undone"])["restored_in"] == "crm");
  CHECK(desks.open_items().empty());
}

TEST_CASE("what is private is not in the answer, and sealed in the trail") {
  Desks desks(R"("type": "text", "rule": "recency", "private": true)");
  desks.link_all();
  desks.says("crm", "SECRET-A", 1);
  const Json answer = undo(desks, {{"event_key", key_of(desks.says("desk", "SECRET-B", 2))}}, "u1");
  CHECK(only(answer["undone"])["private"] == true);
  CHECK(to_wire(answer).find("SECRET") == std::string::npos);
  CHECK(desks.shown() == "SECRET-A");
  const auto entry = desks.store->read()->last_audit();
  CHECK(entry->kind == "undo");
  CHECK(entry->body.find("SECRET") == std::string::npos);
  desks.advance(10);
  undo(desks, {{"undo", "u1"}}, "u2");
  CHECK(desks.shown() == "SECRET-B");
}

TEST_CASE("a group goes back as one, or not at all") {
  const std::string group =
      R"("type": "text", "rule": "recency", "group": "g", "map": {"crm": "g", "desk": "g", "bill": "g"}},
     "h": {"type": "text", "rule": "recency", "group": "g")";
  World world(Desks::policy_text(group, ""));
  const auto says = [&](const std::string& system, const Json& record) {
    world.advance(1000);
    return world.send({{"system", system},
                       {"entity", "contact"},
                       {"id", system + "1"},
                       {"occurred_at", to_rfc3339(world.now)},
                       {"record", record}},
                      false);
  };
  const std::string golden = says("crm", {{"key", "K"}, {"g", "1"}, {"f", "one"}})["golden_id"];
  const auto shown = [&] { return world.record(golden)["record"]; };
  REQUIRE(shown()["f"] == "1");
  says("desk", {{"key", "K"}, {"g", "1"}, {"f", "one"}});
  const Json wrong = says("desk", {{"key", "K"}, {"g", "2"}, {"f", "one"}});
  REQUIRE(shown()["f"] == "2");
  const Json answer = undo(world, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(only(answer["undone"])["to"] == "1");
  CHECK(shown()["f"] == "1");

  // One member was edited later than the other: the undo knows all of the tuple.
  const Json later = says("desk", {{"key", "K"}, {"f", "two"}});
  REQUIRE(shown()["h"] == "two");
  const Json again = undo(world, {{"event_key", key_of(later)}}, "u2");
  CHECK(again["conflicts"].empty());
  CHECK(shown()["h"] == "one");
}

TEST_CASE("a field that only others may decide is not undone, and the answer says who may") {
  Desks desks(std::string(recency) + R"(, "decide": {"roles": ["finance", "lead"]})");
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  UndoOrder order = undo_order({{"event_key", key_of(wrong)}}, "u1");
  const auto undone_by = [&](const std::vector<std::string>& roles) {
    order.roles = roles;
    const auto records = undo_records(desks, order);
    return desks.run([&](Context& context) { return apply_undo(context, order, records); });
  };
  const Json refused = undone_by({"sales"});
  CHECK(refused["undone"].empty());
  const Json conflict = only(refused["conflicts"]);
  CHECK(conflict["field"] == "f");
  CHECK(conflict["why"] == "the policy lets only finance, lead decide this field");
  CHECK(conflict["now"] == "B");
  CHECK(desks.shown() == "B");
  CHECK(only(undone_by({"lead"})["undone"])["to"] == "A");
  CHECK(desks.shown() == "A");
}

TEST_CASE("an undo that names nothing, or what is no selector, is refused") {
  CHECK_FALSE(read_undo_select(Json::object()));
  CHECK_FALSE(read_undo_select(nullptr));
  const auto unknown = read_undo_select({{"sytem", "crm"}});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().pointer == "/select/sytem");
  CHECK_FALSE(read_undo_select({{"since", "yesterday"}}));
  CHECK_FALSE(read_undo_select({{"rule", ""}}));
}

}  // namespace truce::test
