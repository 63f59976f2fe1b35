// What a person decided, beside what systems say later.
#include "tests/unit/survive/company_of.h"

namespace truce::test {

TEST_CASE("under recency a decision stands at the time of what it beat, not at its own") {
  Company company(Rule::recency);
  company.says("crm", "A", 101);
  company.says("desk", "B", 105);
  company.decides("D", 500);
  CHECK(company.told() == "D by decision");
  CHECK(company.outcome().field->why == "decided by Ada");
  SECTION("an edit after the ones that were decided wins") {
    company.says("bill", "C", 106);
    company.says("bill", "E", 107, {.certain = true});
    CHECK(company.told() == "E of bill");
  }
  SECTION("an older one that nobody had seen does not") {
    company.says("bill", "C", 104, {.certain = true});
    CHECK(company.told() == "D by decision");
    CHECK(company.lost() ==
          "bill C: changed earlier, or perhaps earlier; crm A: decided by Ada; desk B: decided by "
          "Ada");
  }
  SECTION("at the same time the best rank of what it beat counts") {
    company.says("bill", "C", 105, {.certain = true});
    CHECK(company.told() == "D by decision");
  }
}

TEST_CASE("under precedence a decision has the best rank of what it beat") {
  Company company(Rule::precedence);
  company.says("desk", "B", 105);
  company.decides("D", 110);
  company.says("bill", "C", 120);
  CHECK(company.told() == "D by decision");
  company.says("crm", "A", 90);
  CHECK(company.told() == "A of crm");
}

TEST_CASE("under precedence a system's later edit beats what was decided on its earlier one") {
  Company company(Rule::precedence);
  company.says("crm", "A", 101);
  company.says("desk", "B", 102);
  company.decides("D", 110);
  company.says("crm", "E", 120);
  CHECK(company.told() == "E of crm");
}

TEST_CASE("of several decisions the latest counts") {
  Company company(Rule::escalate);
  company.says("crm", "A", 101);
  company.decides("D", 120);
  company.decides("E", 110);
  CHECK(company.told() == "D by decision");
  company.decides("F", 120);
  CHECK(company.told() == "F by decision");
}

TEST_CASE("a decision on a field of which no system says anything stands alone") {
  Company company(Rule::recency);
  company.record("crm");
  company.decides("D", 110);
  CHECK(company.told() == "D by decision");
  CHECK(company.outcome().field->changed_at == at(110));
}

TEST_CASE("a decision on another field says nothing of this one") {
  Company company(Rule::recency);
  company.add_field("other", Rule::recency);
  company.says("crm", "A", 101);
  company.decides(word("D"), 110, "other");
  CHECK(company.told() == "A of crm");
  CHECK(company.told("other") == "D by decision");
}

TEST_CASE("a decision stays at the time of what it beat when those systems have spoken again") {
  Company company(Rule::recency);
  company.says("crm", "A", 101);
  SECTION("all of them") {
    company.says("desk", "B", 101);
    company.decides("D", 500);
    company.says("crm", "C", 300, {.certain = true});
    CHECK(company.told() == "C of crm");
    company.says("desk", "E", 200, {.certain = true});
    CHECK(company.told() == "C of crm");
  }
  SECTION("the only one") {
    company.says("crm", "WRONG", 105);
    company.decides("A", 500);
    company.says("crm", "B", 160);
    CHECK(company.told() == "B of crm");
  }
  SECTION("what it shows again does not make what was decided younger") {
    company.decides("D", 500);
    company.decisions.back().seen[SystemName("crm")] = company.says("crm", "A", 400);
    company.says("crm", "C", 450);
    company.says("bill", "F", 300, {.certain = true});
    company.says("crm", "A", 90);
    CHECK(company.outcome().losers.size() == 2);
    CHECK(company.told() == "C of crm");
  }
}

}  // namespace truce::test
