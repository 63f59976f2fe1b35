// A change of the canonical schema on stored records: each kind of step, the way back, and the
// events that come meanwhile (E79).
#include "tests/unit/migrate/moving.h"

namespace truce::test {
namespace {

Terms with_field(const std::string& field) { return Terms{field}; }

const std::string name_as_title =
    R"("title": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name"}})";

std::string stages(const std::string& lead) {
  return R"("stage": {"type": "enum", "rule": "recency", "map": {
      "crm": {"path": "stage", "values": {"C": "customer", "L": ")" +
         lead + R"("}}, "desk": {"path": "stage", "values": {"1": "customer", "2": ")" + lead +
         R"("}}}})";
}

}  // namespace

TEST_CASE("a renamed field keeps its value, its history and its author, and nothing is written") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Grace"}});
  office.deliver_all();
  const Json before = office.record(office.golden);
  const auto history = office.source_of("desk", "d1").fields.at(FieldName("name"));
  office.migrate(with_field(name_as_title));
  const Json after = office.record(office.golden);
  CHECK(after["record"] == Json({{"email", "ada@example.com"}, {"title", "Grace"}}));
  CHECK(after["lineage"]["title"] == before["lineage"]["name"]);
  CHECK(after["version"] == before["version"]);
  CHECK(office.waiting().empty());
  CHECK(office.open_items().empty());
  const SourceRecord desk = office.source_of("desk", "d1");
  REQUIRE(desk.fields.contains(FieldName("title")));
  CHECK(desk.fields.at(FieldName("title")).writes.size() == history.writes.size());
  CHECK_FALSE(desk.fields.contains(FieldName("name")));
  CHECK(office.says("desk", "d1", {{"name", "Grace"}})["outcome"] == "echo");
}

TEST_CASE("the audit trail alone tells under which names a record was shown, and when") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  const Time before = office.now;
  office.advance(60'000);
  office.migrate(with_field(name_as_title));
  office.advance(60'000);
  const auto shown = [&](Time at) {
    const auto view = office.store->read();
    Reader reader{*view, *office.policy, office.secrets, office.now};
    return (*read_record_at(reader, EntityName("contact"), GoldenId(office.golden), at))["record"];
  };
  CHECK(shown(before) == Json({{"email", "ada@example.com"}, {"name", "Ada"}}));
  CHECK(shown(office.now) == Json({{"email", "ada@example.com"}, {"title", "Ada"}}));
  CHECK(shown(office.now) == office.record(office.golden)["record"]);
}

TEST_CASE("a rename that is undone leaves every row as it was") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Grace"}});
  office.deliver_all();
  const std::string crm = office.stored("crm", "c1"), desk = office.stored("desk", "d1");
  const Json before = office.record(office.golden);
  office.migrate(with_field(name_as_title));
  CHECK(office.state() == "applied");
  office.undo_all();
  CHECK(office.state() == "undone");
  CHECK(office.stored("crm", "c1") == crm);
  CHECK(office.stored("desk", "d1") == desk);
  CHECK(office.record(office.golden) == before);
}

TEST_CASE("a write that is on its way while its field is renamed is settled under the new name") {
  MovingOffice office(with_field(text_field("name")));
  const Json delivery = office.name_in_flight();
  office.migrate(with_field(name_as_title));
  CHECK(office.waiting().empty());
  CHECK(office.delivered(delivery)["state"] == "delivered");
  CHECK(office.waiting().empty());
  CHECK(office.claim_all().empty());
  CHECK(office.says("desk", "d1", {{"name", "Grace"}})["outcome"] == "echo");
}

TEST_CASE("a refusal of a field that is gone by then is asked about once the field is back") {
  MovingOffice office(with_field(text_field("name") + ", " + text_field("fax")));
  office.both_know({{"name", "Ada"}, {"fax", "1"}});
  const Json answer =
      office.says("crm", "c1", {{"name", "Grace"}, {"fax", "2"}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  const auto refuse = [&](const Json& delivery) {
    const Json error{{"class", "permanent"}, {"message", "bad number"}, {"fields", {"fax"}}};
    office.settle_as(delivery, "failed", {{"error", error}});
  };
  office.migrate(with_field(name_as_title));
  refuse(answer["deliveries"][0]);
  CHECK(office.open_items().empty());
  CHECK(office.waiting() == Json({{"desk", {{"name", "Grace"}}}}));
  office.undo_all();
  const Json again = office.claim_all();
  REQUIRE(again.size() == 1);
  CHECK(again[0]["fields"] == Json({{"fax", "2"}, {"name", "Grace"}}));
  refuse(again[0]);
  CHECK(office.the_item(Category::dead_letter).detail["fields"] == Json::array({"fax"}));
  CHECK(office.waiting() == Json({{"desk", {{"name", "Grace"}}}}));
}

TEST_CASE("an open question and a person's answer go with the field that they are about") {
  MovingOffice office(with_field(one_field("status", R"("type": "text", "rule": "escalate")") +
                                 ", " +
                                 one_field("tier", R"("type": "text", "rule": "escalate")")));
  office.both_know({{"status", "open"}, {"tier", "a"}});
  office.says("crm", "c1", {{"status", "won"}});
  office.says("desk", "d1", {{"status", "lost"}});
  const ExceptionItem first = office.the_item(Category::conflict);
  REQUIRE(office.answer(first.id.text, {{"choose", "crm"}, {"version", first.version}}));
  office.says("crm", "c1", {{"tier", "b"}});
  office.says("desk", "d1", {{"tier", "c"}});
  const ExceptionItem asked = office.the_item(Category::conflict);
  const auto renamed = [](const std::string& to, const std::string& from) {
    return '"' + to + R"(": {"type": "text", "rule": "escalate", "map": {"crm": ")" + from +
           R"(", "desk": ")" + from + R"("}})";
  };
  office.migrate(with_field(renamed("state", "status") + ", " + renamed("level", "tier")));
  CHECK(office.shown("state") == "won");
  const ExceptionItem moved = office.the_item(Category::conflict);
  CHECK(moved.id == asked.id);
  CHECK(moved.version == asked.version);
  CHECK(moved.field == FieldName("level"));
  REQUIRE(office.answer(moved.id.text, {{"choose", "desk"}, {"version", moved.version}}));
  CHECK(office.shown("level") == "c");
}

TEST_CASE("options are valued anew from the events as they came, and nothing is written") {
  MovingOffice office(with_field(stages("lead")));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"stage", "L"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"stage", "2"}});
  office.says("crm", "c1", {{"stage", "C"}});
  office.deliver_all();
  office.says("desk", "d1", {{"stage", "2"}});
  office.deliver_all();
  CHECK(office.shown("stage") == "lead");
  office.migrate(with_field(stages("prospect")));
  CHECK(office.shown("stage") == "prospect");
  CHECK(office.waiting().empty());
  CHECK(office.open_items().empty());
}

TEST_CASE("options whose events are no longer kept are valued anew from what they stand for") {
  MovingOffice office(with_field(stages("lead")));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"stage", "L"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"stage", "2"}});
  office.says("crm", "c1", {{"stage", "C"}});
  office.deliver_all();
  office.run([&](Context& context) { return context.store.forget_raw_before(Time::end(), 1000); });
  office.migrate(with_field(stages("prospect")));
  CHECK(office.shown("stage") == "customer");
  const FieldHistory crm = office.source_of("crm", "c1").fields.at(FieldName("stage"));
  REQUIRE(crm.observations.size() == 2);
  CHECK(crm.observations.front().value.text() == "prospect");
  CHECK(office.waiting().empty());
  office.undo_all();
  CHECK(office.source_of("crm", "c1")
            .fields.at(FieldName("stage"))
            .observations.front()
            .value.text() == "lead");
}

TEST_CASE(
    "a question about a value that the new schema reads ends when the migration is accepted") {
  const auto plans = [](const std::string& more) {
    return with_field(
        one_field("plan", R"("type": "enum", "rule": "recency", "options": ["free")" + more + "]"));
  };
  MovingOffice office(plans(""));
  office.both_know({{"plan", "free"}});
  office.says("crm", "c1", {{"plan", "gold"}, {"email", "ada@example.com"}});
  office.says("desk", "d1", {{"plan", "lead"}, {"email", "ada@example.com"}});
  const auto refusals = [&] { return office.open_items().size(); };
  REQUIRE(refusals() == 2);
  office.migrate(plans(R"(, "gold")"));
  CHECK(office.shown("plan") == "gold");
  CHECK(refusals() == 2);
  SECTION("accepted") {
    office.accept_all();
    CHECK(refusals() == 1);
    CHECK(office.the_item(Category::drift).system.text == "desk");
  }
  SECTION("undone: nobody reads it again") {
    office.undo_all();
    CHECK(refusals() == 2);
  }
}

TEST_CASE("a question about a value that only the new schema refused ends when that is undone") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "1"}});
  office.migrate(with_field(one_field("name", R"("type": "integer", "rule": "recency")")));
  office.says("crm", "c1", {{"name", "seven"}, {"email", "ada@example.com"}});
  REQUIRE(office.open_items().size() == 1);
  office.undo_all();
  CHECK(office.shown("name") == "seven");
  CHECK(office.open_items().empty());
}

TEST_CASE("a field of another type is read again, and what does not fit it is not invented") {
  MovingOffice office(with_field(text_field("size")));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"size", "12"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"size", "12"}});
  office.says("desk", "d1", {{"size", "a dozen"}});
  office.deliver_all();
  CHECK(office.shown("size") == "a dozen");
  const std::string crm = office.stored("crm", "c1"), desk = office.stored("desk", "d1");
  office.run([&](Context& context) { return context.store.forget_raw_before(Time::end(), 1000); });
  office.migrate(with_field(one_field("size", R"("type": "integer", "rule": "recency")")));
  CHECK(office.shown("size") == 12);
  // What the systems hold is not known, so both are told.
  CHECK(office.waiting() == Json({{"crm", {{"size", 12}}}, {"desk", {{"size", 12}}}}));
  office.undo_all();
  CHECK(office.shown("size") == "a dozen");
  CHECK(office.waiting().empty());
  CHECK(office.stored("crm", "c1") == crm);
  CHECK(office.stored("desk", "d1") == desk);
}

TEST_CASE("one field becomes two that read it, and two become one by their former names") {
  const std::string one =
      R"("place": {"type": "text", "rule": "recency", "map": {"crm": "city", "desk": "town"}})";
  const std::string two =
      R"("city": {"type": "text", "rule": "recency", "map": {"crm": "city"}},
         "town": {"type": "text", "rule": "recency", "map": {"desk": "town"}})";
  MovingOffice office(with_field(one));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"city", "Ulm"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"town", "Ulm"}});
  office.migrate(with_field(two));
  CHECK(office.shown("city") == "Ulm");
  CHECK(office.shown("town") == "Ulm");
  office.says("desk", "d1", {{"town", "Bonn"}});
  CHECK(office.shown("city") == "Ulm");
  office.accept_all();
  CHECK(office.state() == "accepted");
  const std::string merged =
      R"("place": {"type": "text", "rule": "recency", "was": ["city", "town"],
                   "map": {"crm": "city", "desk": "town"}})";
  office.migrate(with_field(merged));
  CHECK(office.shown("place") == "Bonn");
}

TEST_CASE("a new field knows what the events said that came before it") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}, {"title", "Countess"}});
  CHECK(office.shown("title").is_null());
  office.migrate(with_field(text_field("name") + ", " + text_field("title")));
  CHECK(office.shown("title") == "Countess");
  CHECK(office.waiting().empty());
}

TEST_CASE("a removed field comes back with all it held until the migration is accepted") {
  MovingOffice office(with_field(text_field("name") + ", " + text_field("title")));
  office.both_know({{"name", "Ada"}, {"title", "Countess"}});
  const std::string crm = office.stored("crm", "c1");
  office.migrate(with_field(text_field("name")));
  CHECK(office.shown("title").is_null());
  office.undo_all();
  CHECK(office.shown("title") == "Countess");
  CHECK(office.stored("crm", "c1") == crm);
  office.migrate(with_field(text_field("name")));
  office.accept_all();
  for (const auto& [name, history] : office.source_of("crm", "c1").fields) {
    CHECK_FALSE(is_set_aside(name));
  }
  CHECK_FALSE(office.undo());
}

TEST_CASE("E79: events that come while records are migrated wait and are read anew, none is lost") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  REQUIRE(office.begin(with_field(name_as_title)));
  const Json edited = office.says("crm", "c1", {{"name", "Grace"}});
  CHECK(edited["outcome"] == "parked");
  const Time received = office.now;
  const Json created = office.says("desk", "d2", {{"email", "new@example.com"}, {"name", "Emmy"}});
  CHECK(created["outcome"] == "parked");
  CHECK(office.says("desk", "d2", {{"email", "new@example.com"}, {"name", "Emmy"}},
                    {{"occurred_at", nullptr}})["outcome"] == "parked");
  office.advance(60'000);
  office.go_on();
  CHECK(office.record(office.golden)["record"]["title"] == "Grace");
  const SourceRecord crm = office.source_of("crm", "c1");
  const Observation& last = crm.fields.at(FieldName("title")).observations.back();
  CHECK(last.received_at == received);
  const auto fresh = office.source_of("desk", "d2");
  REQUIRE_FALSE(fresh.golden.empty());
  CHECK(office.record(fresh.golden.text)["record"]["title"] == "Emmy");
  CHECK(office.store->read()->count_all().parked == 0);
}

TEST_CASE("E79: what comes while a migration is undone, or between, is read under the old schema") {
  MovingOffice office(with_field(stages("lead")));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"stage", "L"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"stage", "2"}});
  office.migrate(with_field(stages("prospect")));
  office.says("crm", "c1", {{"stage", "C"}});
  office.says("crm", "c2", {{"email", "bob@example.com"}, {"stage", "L"}});
  const std::string bob = office.golden;
  REQUIRE(office.undo());
  CHECK(office.says("crm", "c1", {{"stage", "L"}})["outcome"] == "parked");
  office.go_on();
  CHECK(office.record(office.source_of("crm", "c1").golden.text)["record"]["stage"] == "lead");
  CHECK(office.record(bob)["record"]["stage"] == "lead");
  const FieldHistory crm = office.source_of("crm", "c1").fields.at(FieldName("stage"));
  REQUIRE(crm.observations.size() == 3);
  CHECK(crm.observations[1].value.text() == "customer");
  CHECK(crm.observations[2].value.text() == "lead");
}

TEST_CASE("a migration that is undone halfway leaves what it had not reached alone") {
  MovingOffice office(with_field(stages("lead")));
  std::vector<std::string> before;
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    office.says("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"stage", "L"}});
    before.push_back(office.stored("crm", "c" + n));
  }
  REQUIRE(office.begin(with_field(stages("prospect"))));
  CHECK(office.one_piece());
  office.restart();
  office.undo_all();
  for (int i = 0; i < 60; ++i) {
    CHECK(office.stored("crm", "c" + std::to_string(i)) == before[static_cast<std::size_t>(i)]);
  }
  CHECK(office.shown("stage") == "lead");
}

TEST_CASE("a record that nobody could link goes back if it was carried, and only then") {
  MovingOffice office(with_field(stages("lead")));
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    office.says("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"stage", "L"}});
  }
  const Json same_address{{"email", "p0@example.com"}, {"stage", "L"}};
  const auto stage_of = [&](const std::string& id) {
    const FieldHistory history = office.source_of("crm", id).fields.at(FieldName("stage"));
    REQUIRE(history.observations.size() == 1);
    return history.observations.front().value.text();
  };
  SECTION("halfway: what the walk had not reached stays as it was") {
    REQUIRE(office.says("crm", "z1", same_address)["outcome"] == "conflict");
    const std::string before = office.stored("crm", "z1");
    REQUIRE(office.begin(with_field(stages("prospect"))));
    CHECK(office.one_piece());
    office.undo_all();
    CHECK(office.stored("crm", "z1") == before);
    CHECK(stage_of("z1") == "lead");
  }
  SECTION("at its end: also what came since, behind the last one carried") {
    office.migrate(with_field(stages("prospect")));
    REQUIRE(office.says("crm", "z1", same_address)["outcome"] == "conflict");
    CHECK(stage_of("z1") == "prospect");
    office.undo_all();
    CHECK(stage_of("z1") == "lead");
  }
}

TEST_CASE("a renamed field of a record that nobody could link stays where the walk had not been") {
  MovingOffice office(with_field(text_field("name")));
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    office.says("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"name", "Ada"}});
  }
  const Json same_address{{"email", "p0@example.com"}, {"name", "Ada"}};
  REQUIRE(office.says("crm", "z1", same_address)["outcome"] == "conflict");
  const std::string before = office.stored("crm", "z1");
  REQUIRE(office.begin(with_field(name_as_title)));
  CHECK(office.one_piece());
  office.undo_all();
  CHECK(office.stored("crm", "z1") == before);
}

TEST_CASE("a person's answer is there once, there and back") {
  const auto asked = [](const std::string& lead) {
    std::string field = stages(lead);
    return with_field(field.replace(field.find("recency"), 7, "escalate"));
  };
  MovingOffice office(asked("lead"));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"stage", "L"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"stage", "1"}});
  const ExceptionItem item = office.the_item(Category::conflict);
  REQUIRE(office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}}));
  const auto answers = [&] {
    return office.store->read()->find_golden(GoldenId(office.golden))->decisions;
  };
  REQUIRE(answers().size() == 1);
  office.migrate(asked("prospect"));
  CHECK(office.shown("stage") == "prospect");
  office.undo_all();
  REQUIRE(answers().size() == 1);
  CHECK(answers().front().field == FieldName("stage"));
  CHECK(office.shown("stage") == "lead");
}

TEST_CASE("a migration goes on after a restart wherever it stood") {
  MovingOffice office(with_field(stages("lead")));
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    office.says("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"stage", "L"}});
  }
  REQUIRE(office.begin(with_field(stages("prospect"))));
  while (office.state() == "applying") {
    office.restart();
    office.one_piece();
  }
  for (int i = 0; i < 60; ++i) {
    const auto source = office.source_of("crm", "c" + std::to_string(i));
    CHECK(office.record(source.golden.text)["record"]["stage"] == "prospect");
  }
}

TEST_CASE("what cannot be migrated is refused with its place, and nothing has changed") {
  Terms terms = with_companies(R"("create_in": [])");
  MovingOffice office(terms);
  office.company_comes();
  const std::string before = office.policy->sha256;
  const auto refusal = [&](const Terms& next) {
    const auto begun = office.begin(next);
    REQUIRE_FALSE(begun);
    CHECK(office.policy->sha256 == before);
    return begun.error();
  };
  CHECK(refusal(with_field(text_field("name"))).pointer == "/entities/company");
  Terms named = terms;
  named.fields += R"(, "nick": {"type": "text", "rule": "recency", "was": "handle",
                                "map": {"crm": "nick"}})";
  CHECK(refusal(named).pointer == "/entities/contact/fields/nick/was");
  CHECK(refusal(terms).code == Code::version_moved);  // it is in force
}

TEST_CASE("one migration at a time, and none without its end") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  CHECK_FALSE(office.accept());
  office.migrate(with_field(name_as_title));
  CHECK_FALSE(office.begin(with_field(text_field("name"))));
  CHECK_FALSE(check_no_migration(*office.store->read()));
  office.accept_all();
  CHECK(check_no_migration(*office.store->read()));
}

}  // namespace truce::test
