// What is to be written where.
#include "tests/unit/plan/planned.h"

namespace truce::test {

TEST_CASE("every system that holds another value gets one delivery, in its own form") {
  Planned office;
  office.field().map[SystemName("bill")].lossy = {{Lossy::Kind::upper, 0}};
  office.field().map[SystemName("bill")].write = Path{"w", {{PathStep::Kind::member, "w", 0, {}}}};
  office.all_say("A", 101);
  CHECK(office.outbox().empty());
  office.says("crm", "b", 105);
  CHECK(office.outbox() == R"(bill update bill1 {"w":"b"}; desk update desk1 {"f":"b"})");
  const Delivery& delivery = office.delivery_to("desk");
  CHECK(delivery.golden == GoldenId("g1"));
  CHECK(delivery.entity == EntityName("contact"));
  CHECK(delivery.intended == Operation::update);
  CHECK(delivery.due_at == at(1000));
  CHECK_FALSE(delivery.idempotency_key.empty());
  const DeliveryField& field = delivery.fields.at(FieldName("f"));
  CHECK(field.value == word("b"));
  CHECK(field.provenance.system == SystemName("crm"));
  CHECK(field.provenance.changed_at == at(105));
  CHECK(field.provenance.event_key.text() == "crm@105");
  REQUIRE(field.planned_after);
  CHECK(field.planned_after->at == at(101));
}

TEST_CASE("only the fields that differ are written, all of a system in one delivery") {
  Planned office;
  office.add_field("g", Rule::recency);
  office.add_field("h", Rule::recency);
  for (const char* name : {"f", "g", "h"}) {
    office.says("crm", "A", 101, {}, name);
    office.says("desk", "A", 101, {}, name);
  }
  office.says("crm", "B", 105, {}, "f");
  office.says("crm", "B", 105, {}, "h");
  CHECK(office.outbox() == R"(desk update desk1 {"f":"B","h":"B"})");
  CHECK(office.delivery_to("desk").fields.size() == 2);
}

TEST_CASE("what a system holds alike after its known rewriting is not written over it") {
  Planned office;
  office.field().map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  office.says("desk", "ada", 101);
  office.says("crm", "Ada", 105);
  CHECK(office.outbox().empty());
  office.says("crm", "Eve", 106);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"Eve"})");
}

TEST_CASE("what is longer than the target keeps is cut here, in the open") {
  Planned office;
  office.field().map[SystemName("desk")].max_length = 3;
  office.says("desk", "A", 101);
  office.says("crm", "Augusta", 105);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"Aug"})");
}

TEST_CASE("an unknown base is always written, also where the value would be the same") {
  Planned office;
  office.says("desk", "A", 101);
  office.says("crm", "B", 105);
  office.writes("desk", "B", 110, 115);
  CHECK(office.outbox().empty());
  office.says("desk", "A", 112);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"B"})");
}

TEST_CASE("a system that was never heard of the field is told") {
  Planned office;
  office.record("desk");
  office.says("crm", "A", 101);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"A"})");
  CHECK_FALSE(office.delivery_to("desk").fields.at(FieldName("f")).planned_after);
}

TEST_CASE("no rule writes against direction") {
  Planned office;
  office.record("desk");
  office.says("crm", "A", 101);
  Field& field = office.field();
  SECTION("only read") {
    field.direction[SystemName("desk")] = Direction::in;
    CHECK(office.outbox().empty());
  }
  SECTION("neither") {
    field.direction[SystemName("desk")] = Direction::none;
    CHECK(office.outbox().empty());
  }
  SECTION("computed by the system") {
    field.map[SystemName("desk")].read_only = true;
    CHECK(office.outbox().empty());
  }
  SECTION("no place in the system") {
    field.map.erase(SystemName("desk"));
    CHECK(office.outbox().empty());
  }
  SECTION("only written") {
    field.direction[SystemName("desk")] = Direction::out;
    office.says("desk", "Z", 200);
    CHECK(office.outbox() == R"(desk update desk1 {"f":"A"})");
  }
}

TEST_CASE("a contested value is never written, and the other fields are") {
  Planned office(Rule::escalate);
  office.add_field("g", Rule::recency);
  office.says("crm", "A", 101);
  office.says("desk", "B", 102);
  office.says("crm", "X", 101, {}, "g");
  CHECK(office.outbox() == R"(desk update desk1 {"g":"X"})");
  office.decides("A", 110);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"A","g":"X"})");
}

TEST_CASE("a cleared field is written as the system spells nothing") {
  Planned office;
  office.field().blank = Blank::clear;
  office.field().map[SystemName("desk")].blank = {Json("-None-")};
  office.all_say("A", 101);
  office.says("crm", Value::null(), 105);
  CHECK(office.outbox() == R"(bill update bill1 {"f":null}; desk update desk1 {"f":"-None-"})");
}

TEST_CASE("what a target cannot take is asked about, and the other fields go out") {
  Planned office;
  Field& owner = office.add_field("owner", Rule::recency, FieldType::enumeration);
  owner.map[SystemName("desk")].values = {{"a7", "ada"}};
  office.says("crm", "A", 101);
  office.record("desk");
  office.says("crm", "grace", 101, {}, "owner");
  CHECK(office.outbox() == R"(desk update desk1 {"f":"A"})");
  CHECK(office.items() == "drift owner");
  CHECK(office.item().system == SystemName("desk"));
  office.says("crm", "ada", 105, {}, "owner");
  CHECK(office.outbox() == R"(desk update desk1 {"f":"A","owner":"a7"})");
  CHECK(office.items().empty());
}

TEST_CASE("what the target's pattern does not allow is asked about, and not written") {
  Planned office;
  MapEntry& desk = office.field().map[SystemName("desk")];
  desk.pattern = "[A-Z]{2}-[0-9]{3}";
  office.record("desk");
  const auto told_of = [&](const std::string& value) {
    office.says("crm", value, office.now_s++);
    return office.outbox();
  };
  CHECK(told_of("DE-001") == R"(desk update desk1 {"f":"DE-001"})");
  SECTION("as long as it is so") {
    CHECK(told_of("de-1").empty());
    CHECK(office.items() == "drift f");
    CHECK(office.item().system == SystemName("desk"));
    CHECK(office.item().detail["code"] == "format");
    CHECK(told_of("DE-002") == R"(desk update desk1 {"f":"DE-002"})");
    CHECK(office.items().empty());
  }
  SECTION("looked at is what the target makes of it") {
    desk.lossy = {{Lossy::Kind::upper, 0}};
    CHECK(told_of("de-002") == R"(desk update desk1 {"f":"de-002"})");
    desk.max_length = 5;
    CHECK(told_of("de-003").empty());
  }
  SECTION("a blank is none") {
    office.field().blank = Blank::clear;
    desk.blank = {Json("-None-")};
    office.says("crm", Value::null(), office.now_s++);
    CHECK(office.outbox() == R"(desk update desk1 {"f":"-None-"})");
  }
  SECTION("what a transform reads has another form") {
    desk.transform = ".f";
    CHECK(told_of("de-1") == R"(desk update desk1 {"f":"de-1"})");
  }
  SECTION("of a set every element counts") {
    office.field().type = FieldType::set;
    const auto told_of_set = [&](const Value& elements) {
      office.says("crm", elements, office.now_s++);
      return office.outbox();
    };
    CHECK(told_of_set(set_of({"DE-004", "DE-005"})) ==
          R"(desk update desk1 {"f":["DE-004","DE-005"]})");
    CHECK(told_of_set(set_of({"DE-004", "none"})).empty());
  }
}

TEST_CASE("a group is written whole or not at all") {
  Planned office;
  Field& coin = office.add_field("coin", Rule::recency, FieldType::enumeration);
  office.add_field("name", Rule::recency);
  coin.group = office.field().group = "price";
  coin.map[SystemName("desk")].values = {{"e", "EUR"}};
  const auto says = [&](const std::string& sum, const std::string& money, std::int64_t seconds) {
    office.says("crm", sum, seconds, {}, "f");
    office.says("crm", money, seconds, {}, "coin");
    office.says("crm", "name " + sum, seconds, {}, "name");
  };
  says("1", "EUR", 101);
  const bool is_new = GENERATE(false, true);
  if (is_new)
    office.entity.create_in = {SystemName("desk")};
  else
    office.record("desk");
  const std::string told = is_new ? "desk create " : "desk update desk1 ";
  CHECK(office.outbox() == told + R"({"coin":"e","f":"1","name":"name 1"})");
  SECTION("where the target has no word for a member") {
    says("2", "JPY", 105);
    CHECK(office.outbox() == told + R"({"name":"name 2"})");
    CHECK(office.items() == "drift coin");
    office.field("name").required = true;
    CHECK_FALSE(office.outbox().empty());
    office.field().required = true;
    CHECK(office.outbox().empty() == is_new);
  }
  SECTION("where a member is frozen") {
    office.state.golden.flips[FieldName("coin")].frozen = true;
    CHECK(office.outbox() == told + R"({"name":"name 1"})");
  }
  SECTION("a member that the target is not told holds nothing back") {
    coin.direction[SystemName("desk")] = Direction::in;
    office.state.golden.flips[FieldName("coin")].frozen = true;
    CHECK(office.outbox() == told + R"({"f":"1","name":"name 1"})");
  }
}

TEST_CASE("a reference goes out under the target's own id, once the parent has one there") {
  Planned office;
  office.field().type = FieldType::reference;
  office.field().entity = EntityName("company");
  office.record("desk");
  office.says("crm", "g9", 101);
  CHECK(office.outbox().empty());
  office.parents[{"desk", "g9"}] = "k7";
  CHECK(office.outbox() == R"(desk update desk1 {"f":"k7"})");
  CHECK(office.delivery_to("desk").fields.at(FieldName("f")).value == word("g9"));
}

TEST_CASE("a record that is not linked gets nothing") {
  Planned office;
  office.says("crm", "A", 101);
  office.record("desk").state = LinkState::unlinked;
  CHECK(office.outbox().empty());
  office.record("desk").state = LinkState::merged;
  CHECK(office.outbox().empty());
}

}  // namespace truce::test
