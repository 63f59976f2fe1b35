// Questions that follow from the facts, what is shown, and the breaker.
#include "tests/unit/plan/planned.h"

namespace truce::test {
namespace {

Planned disputed() {
  Planned office(Rule::escalate);
  office.says("crm", "A", 101);
  office.says("desk", "B", 102);
  return office;
}

}  // namespace

TEST_CASE("what is shown moves the version, and the plan tells what changed") {
  Planned office;
  office.says("crm", "A", 101);
  Plan plan = office.plan();
  REQUIRE(plan.changes.size() == 1);
  CHECK_FALSE(plan.changes[0].before);
  CHECK(plan.changes[0].after->value == word("A"));
  CHECK(office.state.golden.version == 1);
  CHECK(office.state.golden.policy_sha256 == "p1");
  office.now_s = 1010;
  office.says("crm", "A", 105);
  CHECK(office.plan().changes.empty());
  CHECK(office.state.golden.updated_at == at(1000));
  office.says("crm", "B", 110);
  plan = office.plan();
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].before->value == word("A"));
  CHECK(office.state.golden.version == 2);
  CHECK(office.state.golden.updated_at == at(1010));
  office.records.clear();
  plan = office.plan();
  REQUIRE(plan.changes.size() == 1);
  CHECK_FALSE(plan.changes[0].after);
}

TEST_CASE("that a value became contested is a change of what is shown") {
  Planned office(Rule::escalate);
  office.says("crm", "A", 101);
  office.plan();
  office.says("desk", "B", 102);
  REQUIRE(office.plan().changes.size() == 1);
  CHECK(office.state.golden.fields.at(FieldName("f")).contested);
}

TEST_CASE("a question is one item, with everything that a person needs to answer") {
  Planned office = disputed();
  office.entity.owner = "sales";
  office.field().decide_roles = {"finance"};
  const Plan plan = office.plan();
  REQUIRE(plan.items.size() == 1);
  const ExceptionItem& item = office.item();
  CHECK(item.subject == "conflict/g1/f");
  CHECK(item.owner == "sales");
  CHECK(item.roles == std::vector<std::string>{"finance"});
  CHECK(item.opened_at == at(1000));
  CHECK(item.due_at == at(1000 + 86'400));
  CHECK(item.candidates.size() == 2);
  CHECK(office.plan().items.empty());
}

TEST_CASE("other candidates are another question: the item's version moves") {
  Planned office = disputed();
  office.plan();
  office.says("bill", "C", 103);
  const Plan plan = office.plan();
  REQUIRE(plan.items.size() == 1);
  CHECK(office.item().version == 2);
  CHECK(office.item().candidates.size() == 3);
}

TEST_CASE("a question that the facts settled is closed") {
  Planned office = disputed();
  office.plan();
  office.says("desk", "A", 110);
  const Plan plan = office.plan();
  REQUIRE(plan.items.size() == 1);
  CHECK(plan.items[0].state == ExceptionState::resolved);
  CHECK(plan.items[0].closed_at == at(1000));
  CHECK(office.items().empty());
}

TEST_CASE("a dismissed question stays closed until its candidates change") {
  Planned office = disputed();
  office.plan();
  Decision dismissal;
  dismissal.field = FieldName(dismissed_prefix + office.item().subject);
  dismissal.note = fingerprint(office.item().candidates);
  office.state.golden.decisions.push_back(dismissal);
  office.state.items.clear();
  CHECK(office.plan().items.empty());
  office.says("desk", "C", 110);
  CHECK(office.plan().items.size() == 1);
}

TEST_CASE("an item that a use case opened is left to it") {
  Planned office;
  ExceptionItem item;
  item.category = Category::duplicate;
  item.subject = "duplicate/g1/g2";
  office.state.items.push_back(item);
  office.says("crm", "A", 101);
  CHECK(office.plan().items.empty());
  CHECK(office.items() == "duplicate");
}

TEST_CASE("a group's question stands under its first member and names all") {
  Planned office(Rule::escalate);
  office.add_field("g", Rule::escalate).group = "both";
  office.field().group = "both";
  for (const char* name : {"f", "g"}) {
    office.says("crm", "A", 101, {}, name);
    office.says("desk", name == std::string("g") ? "B" : "A", 101, {}, name);
  }
  CHECK(office.outbox().empty());
  CHECK(office.item().subject == "conflict/g1/f");
  CHECK(office.item().field == FieldName("g"));
  CHECK(office.item().detail["group"] == Json::array({"f", "g"}));
}

TEST_CASE("a field that flips too often is frozen, with one item that names the systems") {
  Planned office;
  office.entity.breaker_flips = 2;
  office.field().map[SystemName("crm")].transform = ".f";
  office.says("desk", "A", 100);
  const char* values[] = {"A", "B", "A", "B"};
  for (int i = 0; i < 4; ++i) {
    office.says("crm", values[i], 101 + i);
    office.plan();
    CHECK(office.items().empty());
  }
  office.says("crm", "A", 105);
  office.says("desk", "D", 104);
  office.plan();
  CHECK(office.items() == "oscillation f");
  CHECK(office.item().actions == std::vector<std::string>{"release"});
  CHECK(office.item().candidates.size() == 2);
  CHECK(office.item().detail["systems"][0] == Json({{"system", "crm"}, {"transform", ".f"}}));
  CHECK(office.outbox().empty());
  office.state.golden.flips.clear();
  CHECK_FALSE(office.outbox().empty());
  CHECK(office.items().empty());
}

TEST_CASE("flips outside the breaker's window, and changes to new values, do not count") {
  Planned office;
  office.entity.breaker_flips = 1;
  office.entity.breaker_window = Duration::of_ms(60'000);
  const char* values[] = {"A", "B", "A", "B", "C", "D", "E"};
  for (int i = 0; i < 7; ++i) {
    office.says("crm", values[i], 101 + i);
    office.now_s += i < 4 ? 61 : 1;
    office.plan();
    CHECK(office.items().empty());
  }
}

TEST_CASE("a group's question is for whoever may decide every member, and names what differs now") {
  Planned office(Rule::escalate);
  office.entity.fields.clear();
  for (const char* name : {"amount", "currency", "unit"}) {
    office.add_field(name, Rule::escalate).group = "price";
  }
  const auto price = [&](const char* system, const char* amount, const char* currency, int second) {
    office.says(system, amount, second, {}, "amount");
    office.says(system, currency, second, {}, "currency");
    office.says(system, "piece", second, {}, "unit");
  };
  office.field("amount").decide_roles = {"sales", "finance"};
  office.field("unit").decide_roles = {"finance"};
  price("crm", "10", "EUR", 101);
  price("desk", "10", "USD", 102);
  office.plan();
  CHECK(office.item().field.text == "currency");
  CHECK(office.item().roles == std::vector<std::string>{"finance"});
  SECTION("when the candidates move") {
    price("desk", "20", "USD", 103);
    office.plan();
    CHECK(office.item().field.text == "amount");
    CHECK(office.item().version == 2);
  }
  SECTION("when the policy names others") {
    office.policy.sha256 = "p2";
    office.field("amount").decide_roles = {"sales"};
    office.field("unit").decide_roles = {};
    office.entity.owner = "ada";
    CHECK(office.plan().items.size() == 1);
    CHECK(office.item().roles == std::vector<std::string>{"sales"});
    CHECK(office.item().owner == "ada");
  }
}

}  // namespace truce::test
