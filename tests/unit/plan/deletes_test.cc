// What becomes of a record that one system deleted.
#include "tests/unit/plan/planned.h"

namespace truce::test {
namespace {

Planned deleted(DeletePolicy answer) {
  Planned office;
  office.entity.on_delete = answer;
  office.entity.create_in = {SystemName("crm"), SystemName("desk"), SystemName("bill")};
  office.all_say("A", 101);
  office.plan();
  office.is_deleted_in("crm", 110);
  return office;
}

void answer(Planned& office, const std::string& what, std::int64_t of_delete) {
  Decision decision;
  decision.id = DecisionId("c" + std::to_string(office.decisions.size() + 1));
  decision.field = delete_question;
  decision.value = word(what);
  decision.decided_at = at(200 + static_cast<std::int64_t>(office.state.golden.decisions.size()));
  decision.seen[SystemName("crm")] = {at(of_delete), "", ""};
  office.state.golden.decisions.push_back(std::move(decision));
}

}  // namespace

TEST_CASE("escalate: a person is asked, and nothing is written meanwhile") {
  Planned office = deleted(DeletePolicy::escalate);
  CHECK(office.outbox().empty());
  CHECK(office.items() == "delete");
  CHECK(office.item().system == SystemName("crm"));
  CHECK(office.item().actions == std::vector<std::string>{"propagate", "restore", "ignore"});
  CHECK(office.item().detail["record_id"] == "crm1");
  CHECK(office.item().detail["edited_since"] == false);
  SECTION("it came back") {
    office.record("crm").present_at = at(111);
    CHECK(office.outbox().empty());
    CHECK(office.items().empty());
  }
  SECTION("delete wins a tie") {
    office.record("crm").present_at = at(110);
    office.plan();
    CHECK(office.items() == "delete");
  }
  SECTION("answered: propagate") {
    answer(office, "propagate", 110);
    CHECK(office.outbox() == R"(bill delete bill1 {}; desk delete desk1 {})");
    CHECK(office.items().empty());
  }
  SECTION("answered: restore") {
    answer(office, "restore", 110);
    CHECK(office.outbox() == R"(crm create crm1 {"f":"A"})");
    CHECK(office.delivery_to("crm").state == DeliveryState::verifying);
  }
  SECTION("answered: ignore, and then edited elsewhere") {
    answer(office, "ignore", 110);
    office.says("desk", "B", 120);
    CHECK(office.outbox() == R"(bill update bill1 {"f":"B"})");
    CHECK(office.items().empty());
  }
  SECTION("the latest answer counts, and only for the delete that it saw") {
    answer(office, "ignore", 110);
    answer(office, "propagate", 110);
    CHECK(office.outbox() == R"(bill delete bill1 {}; desk delete desk1 {})");
    office.is_deleted_in("crm", 130);
    CHECK(office.outbox().empty());
    CHECK(office.items() == "delete");
  }
}

TEST_CASE("propagate: deleted where it still lives, after the grace") {
  Planned office = deleted(DeletePolicy::propagate);
  office.entity.delete_grace = Duration::of_ms(60'000);
  CHECK(office.outbox() == R"(bill delete bill1 {}; desk delete desk1 {})");
  CHECK(office.delivery_to("desk").due_at == at(1060));
  CHECK(office.items().empty());
  SECTION("a reappearance withdraws it") {
    office.record("crm").present_at = at(120);
    CHECK(office.states_of(office.plan()) == "bill withdrawn, desk withdrawn");
  }
  SECTION("so does a merge") {
    office.record("crm").state = LinkState::merged;
    office.entity.create_in.clear();
    CHECK(office.states_of(office.plan()) == "bill withdrawn, desk withdrawn");
  }
  SECTION("planned later, it is still due when it was") {
    office.now_s = 1030;
    office.plan();
    CHECK(office.delivery_to("desk").due_at == at(1060));
  }
  SECTION("one that is on its way is not queued again") {
    office.delivery_to("desk").state = DeliveryState::leased;
    CHECK(office.plan().deliveries.empty());
  }
}

TEST_CASE("propagate: an edit elsewhere after the delete is a question instead") {
  Planned office = deleted(DeletePolicy::propagate);
  office.says("desk", "B", 111);
  CHECK(office.outbox() == R"(bill update bill1 {"f":"B"})");
  CHECK(office.items() == "delete");
  CHECK(office.item().detail["edited_since"] == true);
  REQUIRE(office.item().candidates.size() == 2);
}

TEST_CASE("propagate: an edit before the delete is none") {
  Planned office = deleted(DeletePolicy::propagate);
  office.says("desk", "B", 110);
  CHECK(office.outbox() == R"(bill delete bill1 {}; desk delete desk1 {})");
}

TEST_CASE("restore: made again also where new records are not made, if anything is written there") {
  Planned office = deleted(DeletePolicy::restore);
  office.entity.create_in.clear();
  SECTION("everything is") { CHECK(office.outbox() == R"(crm create crm1 {"f":"A"})"); }
  SECTION("nothing is") {
    office.field().direction[SystemName("crm")] = Direction::in;
    CHECK(office.outbox().empty());
  }
  SECTION("what is required is not") {
    office.add_field("key", Rule::recency).required = true;
    office.says("crm", "K", 101, {}, "key");
    office.entity.fields.at(FieldName("key")).direction[SystemName("crm")] = Direction::in;
    CHECK(office.outbox() == R"(bill update bill1 {"key":"K"}; desk update desk1 {"key":"K"})");
  }
}

TEST_CASE("restore: made again where it was deleted, after a look whether it is back") {
  Planned office = deleted(DeletePolicy::restore);
  office.policy.systems.at(SystemName("crm")).settle_window = Duration::of_ms(2'000'000);
  CHECK(office.outbox() == R"(crm create crm1 {"f":"A"})");
  CHECK(office.items().empty());
  CHECK(office.delivery_to("crm").state == DeliveryState::verifying);
  CHECK(office.delivery_to("crm").due_at ==
        *office.record("crm").deleted_at + Duration::of_ms(2'000'000));
  SECTION("not once more while it is looked for") {
    office.delivery_to("crm").attempt = 1;
    office.says("desk", "B", 120);
    CHECK(office.outbox() == R"(bill update bill1 {"f":"B"}; crm create crm1 {"f":"A"})");
  }
  SECTION("with the value of then, where nobody has looked yet") {
    office.says("desk", "B", 120);
    CHECK(office.outbox() == R"(bill update bill1 {"f":"B"}; crm create crm1 {"f":"B"})");
    CHECK(office.delivery_to("crm").state == DeliveryState::verifying);
  }
  SECTION("not at all, where it is back before anybody has looked") {
    office.record("crm").present_at = at(120);
    office.says("desk", "B", 120);
    CHECK(office.outbox() == R"(bill update bill1 {"f":"B"}; crm update crm1 {"f":"B"})");
  }
  SECTION("made once it was looked for in vain") {
    office.delivery_to("crm").state = DeliveryState::pending;
    office.delivery_to("crm").record_id = {};
    office.says("desk", "B", 120);
    CHECK(office.outbox() == R"(bill update bill1 {"f":"B"}; crm create {"f":"B"})");
  }
}

TEST_CASE("ignore: left alone, and the others go on") {
  Planned office = deleted(DeletePolicy::ignore);
  CHECK(office.outbox().empty());
  CHECK(office.items().empty());
  office.says("desk", "B", 120);
  CHECK(office.outbox() == R"(bill update bill1 {"f":"B"})");
}

TEST_CASE("the golden record is deleted when the last living record is") {
  Planned office = deleted(DeletePolicy::ignore);
  office.plan();
  CHECK_FALSE(office.state.golden.deleted_at);
  office.is_deleted_in("desk", 130);
  office.is_deleted_in("bill", 120);
  CHECK(office.outbox().empty());
  CHECK(office.state.golden.deleted_at == at(130));
  office.record("desk").present_at = at(140);
  office.plan();
  CHECK_FALSE(office.state.golden.deleted_at);
}

TEST_CASE("of several deletes the latest is the one that is asked about") {
  Planned office = deleted(DeletePolicy::escalate);
  office.is_deleted_in("desk", 120);
  office.plan();
  CHECK(office.items() == "delete");
  CHECK(office.item().system == SystemName("desk"));
}

}  // namespace truce::test
