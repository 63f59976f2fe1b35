// escalate: nobody wins, a person is asked.
#include "tests/unit/survive/company_of.h"

namespace truce::test {

TEST_CASE("any difference is asked about, and the least candidate is shown meanwhile") {
  Company company(Rule::escalate);
  company.says("desk", "B", 101);
  CHECK(company.told() == "B of desk");
  company.says("crm", "A", 105);
  CHECK(company.told() == "B of desk?");
  CHECK(company.asked() == "crm A, desk B");
  CHECK(company.lost() == "crm A: not decided yet");
  CHECK(company.outcome().question->category == Category::conflict);
  CHECK(company.outcome().question->blocks);
  CHECK_FALSE(company.outcome().question->base);
  company.says("bill", "C", 101);
  CHECK(company.told() == "B of desk?");
}

TEST_CASE("systems that agree leave nothing to ask") {
  Company company(Rule::escalate);
  company.says("crm", "A", 101);
  company.says("desk", "A", 105);
  CHECK(company.told() == "A of crm");
  CHECK(company.asked().empty());
  CHECK(company.lost() == "desk A: says the same");
}

TEST_CASE("concurrent: an edit on top of the other's value is no conflict") {
  Company company(Rule::escalate);
  company.field().when = EscalateWhen::concurrent;
  company.says("crm", "A", 90);
  company.writes("desk", "A", 100, 101);
  company.says("desk", "B", 110);
  CHECK(company.told() == "B of desk");
  CHECK(company.asked().empty());
  CHECK(company.lost() == "crm A: was edited knowingly");
  SECTION("one that did not know is") {
    company.says("bill", "C", 111);
    CHECK(company.told() == "A of crm?");
    CHECK(company.asked() == "bill C, crm A, desk B");
  }
  SECTION("an earlier one that did not know is, too") {
    company.says("bill", "C", 80);
    CHECK(company.told() == "C of bill?");
  }
  SECTION("under `any` it is asked about all the same") {
    company.field().when = EscalateWhen::any;
    CHECK(company.told() == "A of crm?");
  }
}

TEST_CASE("concurrent: who edited knowingly once, and again, is asked nothing") {
  Company company(Rule::escalate);
  company.field().when = EscalateWhen::concurrent;
  company.says("crm", "A", 90);
  company.says("desk", "A", 91);
  company.says("crm", "B", 100);
  company.says("crm", "C", 110);
  CHECK(company.told() == "C of crm");
  CHECK(company.asked().empty());
  SECTION("unless the other says something else meanwhile") {
    company.says("desk", "D", 105);
    CHECK(company.told() == "D of desk?");
    CHECK(company.asked() == "crm C, desk D");
  }
  SECTION("or says the same again later") {
    company.says("desk", "Z", 112);
    company.says("desk", "A", 120);
    CHECK(company.asked() == "crm C, desk A");
  }
}

TEST_CASE("concurrent: two systems that edited knowingly to one value agree") {
  Company company(Rule::escalate);
  company.field().when = EscalateWhen::concurrent;
  company.says("crm", "A", 90);
  company.says("desk", "B", 100, {.previous = word("A")});
  company.says("bill", "B", 101);
  CHECK(company.told() == "B of desk");
}

TEST_CASE("concurrent: what was said later is not edited away by an earlier edit") {
  Company company(Rule::escalate);
  company.field().when = EscalateWhen::concurrent;
  company.says("desk", "B", 100, {.previous = word("A")});
  company.says("crm", "A", 105);
  CHECK(company.told() == "B of desk?");
}

TEST_CASE("a decision closes the question, and any other assertion opens it again") {
  Company company(Rule::escalate);
  company.says("crm", "A", 101);
  company.says("desk", "B", 105);
  company.decides("D", 110);
  CHECK(company.told() == "D by decision");
  CHECK(company.asked().empty());
  CHECK(company.lost() == "crm A: decided by Ada; desk B: decided by Ada");
  CHECK(company.outcome().field->rule == "decision");
  SECTION("a later one") {
    company.says("desk", "E", 120);
    CHECK(company.told() == "D by decision?");
    CHECK(company.asked() == "desk E");
    CHECK(company.outcome().question->base == word("D"));
  }
  SECTION("an older one that nobody had seen") {
    company.says("bill", "C", 50);
    CHECK(company.told() == "D by decision?");
    CHECK(company.asked() == "bill C");
  }
  SECTION("not one that says the same") {
    company.says("bill", "D", 50);
    CHECK(company.told() == "D by decision");
    CHECK(company.lost().starts_with("bill D: says the same"));
  }
  SECTION("not an older one of a system that was seen") {
    company.says("crm", "E", 90, {.received = 120});
    CHECK(company.told() == "D by decision");
  }
}

TEST_CASE("concurrent: who may have edited before our write arrived cannot have known of it") {
  Company company(Rule::escalate);
  company.field().when = EscalateWhen::concurrent;
  company.says("desk", "old", 100);
  company.says("crm", "A", 105);
  company.writes("desk", "A", 110, 120);
  company.says("desk", "B", 115, {.received = 130});
  CHECK(company.asked() == "crm A, desk B");
  SECTION("what was there before says that it did") {
    Company sure(Rule::escalate);
    sure.field().when = EscalateWhen::concurrent;
    sure.says("desk", "old", 100);
    sure.says("crm", "A", 105);
    sure.writes("desk", "A", 110, 120);
    sure.says("desk", "B", 115, {.received = 130, .previous = word("A")});
    CHECK(sure.told() == "B of desk");
  }
}

}  // namespace truce::test
