// precedence, min, max and immutable: rules that look at the whole set and never at who is late.
#include "tests/unit/survive/company_of.h"

namespace truce::test {
namespace {

Value number(const std::string& text) { return Value::of_scalar(Value::Kind::decimal, text, text); }

}  // namespace

TEST_CASE("precedence: the highest-ranked system with a value") {
  Company company(Rule::precedence);
  company.says("bill", "C", 110);
  CHECK(company.told() == "C of bill");
  company.says("desk", "B", 105);
  CHECK(company.told() == "B of desk");
  company.says("crm", "A", 101);
  CHECK(company.told() == "A of crm");
  CHECK(company.lost() == "bill C: ranks lower; desk B: ranks lower");
}

TEST_CASE("precedence: a blank yields to others, also when it was filled since") {
  Company company(Rule::precedence);
  company.says("crm", "A", 101);
  company.says("crm", Value::null(), 105);
  CHECK(company.told() == "A of crm");
  company.says("desk", "B", 90);
  CHECK(company.told() == "B of desk");
  CHECK(company.lost() == "crm A: is blank there now");
  company.writes("crm", "B", 110, 112, "desk");
  company.says("crm", "B", 113);
  CHECK(company.told() == "B of desk");
  company.says("crm", "E", 120);
  CHECK(company.told() == "E of crm");
}

TEST_CASE("precedence: a blank in a record that was made again yields to others as well") {
  Company company(Rule::precedence);
  company.says("crm", "A", 101);
  company.says("desk", "B", 90);
  company.record("crm").state = LinkState::unlinked;
  FieldHistory& again = company.record("crm", 2).fields[FieldName("f")];
  CHECK(company.told() == "A of crm");
  SECTION("but not where the other one's word is later") {
    join(again, observation_of(Value::null(), 100, {.key = "crm@100"}));
    CHECK(company.told() == "A of crm");
    return;
  }
  join(again, observation_of(Value::null(), 105, {.key = "crm@105"}));
  CHECK(company.told() == "B of desk");
  CHECK(company.lost() == "crm A: is blank there now");
}

TEST_CASE(
    "precedence: where all are blank the highest-ranked one's last value is filled in again") {
  Company company(Rule::precedence);
  company.says("crm", "A", 101);
  company.says("desk", "B", 101);
  company.says("crm", Value::null(), 105);
  company.says("desk", Value::null(), 105);
  CHECK(company.told() == "A of crm");
}

TEST_CASE("precedence: a clearing blank wins like any other value") {
  Company company(Rule::precedence);
  company.field().blank = Blank::clear;
  company.says("crm", Value::null(), 105);
  company.says("desk", "B", 110);
  CHECK(company.told() == "null of crm");
}

TEST_CASE("min and max go by value, not by time") {
  Company company(Rule::minimum, FieldType::decimal);
  company.says("crm", number("10"), 101);
  company.says("desk", number("9.5"), 99);
  company.says("bill", number("9.50"), 98);
  CHECK(company.told() == "9.5 of desk");
  company.field().rule = Rule::maximum;
  CHECK(company.told() == "10 of crm");
  CHECK(company.lost() == "bill 9.50: is not the greatest; desk 9.5: is not the greatest");
}

TEST_CASE("min and max pass over blanks, unless there is nothing else") {
  Company company(Rule::minimum, FieldType::decimal);
  company.field().blank = Blank::clear;
  company.says("crm", Value::null(), 101);
  CHECK(company.told() == "null of crm");
  company.says("desk", number("3"), 99);
  CHECK(company.told() == "3 of desk");
}

TEST_CASE("values compare as what they are") {
  Field field;
  field.type = FieldType::integer;
  CHECK(compare_values(field, word("9"), word("10")) < 0);
  field.type = FieldType::text;
  CHECK(compare_values(field, word("9"), word("10")) > 0);
  field.type = FieldType::instant;
  CHECK(compare_values(field, word("2026-01-01T00:00:00.5Z"), word("2026-01-01T00:00:00.25Z")) > 0);
  CHECK(compare_values(field, word("2026-01-01T00:00:00Z"), word("2026-01-01T00:00:00.000Z")) == 0);
  field.type = FieldType::enumeration;
  field.options = {"low", "high", "extreme"};
  CHECK(compare_values(field, word("low"), word("high")) < 0);
  CHECK(compare_values(field, word("extreme"), word("high")) > 0);
  CHECK(compare_values(field, word("unheard"), word("extreme")) > 0);
}

TEST_CASE("immutable: the least of all assertions, and later ones are asked about, not obeyed") {
  Company company(Rule::immutable);
  company.says("crm", "2024", 105);
  company.says("crm", "2025", 109);
  CHECK(company.told() == "2024 of crm");
  CHECK(company.asked() == "crm 2024, crm 2025");
  CHECK(company.outcome().question->category == Category::immutable);
  CHECK_FALSE(company.outcome().question->blocks);
  CHECK_FALSE(company.outcome().field->contested);
  CHECK(company.lost() == "crm 2025: was set later, and the field is immutable");
  SECTION("an older one that comes late was first") {
    company.says("bill", "2023", 101);
    CHECK(company.told() == "2023 of bill");
  }
  SECTION("at one time the better rank was first") {
    company.says("desk", "2022", 105);
    CHECK(company.told() == "2024 of crm");
  }
}

TEST_CASE("immutable: the same value again is nothing to ask about") {
  Company company(Rule::immutable);
  company.says("crm", "2024", 105);
  company.says("desk", "2024", 109);
  CHECK(company.told() == "2024 of crm");
  CHECK(company.asked().empty());
}

TEST_CASE("immutable: what a person decided stays until the next decision") {
  Company company(Rule::immutable);
  company.says("crm", "2024", 105);
  company.says("desk", "2025", 109);
  company.decides("2020", 110);
  CHECK(company.told() == "2020 by decision");
  CHECK(company.asked().empty());
  company.says("bill", "2021", 120);
  CHECK(company.told() == "2020 by decision");
  CHECK(company.asked() == "bill 2021");
}

}  // namespace truce::test
