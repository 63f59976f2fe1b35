// recency: the latest change, by evidence and within the clocks' skew.
#include "tests/unit/survive/company_of.h"

namespace truce::test {
namespace {

Company skewed(int crm, int desk, int bill) {
  Company company(Rule::recency);
  company.system("crm").clock_skew = Duration::of_ms(crm * 1000);
  company.system("desk").clock_skew = Duration::of_ms(desk * 1000);
  company.system("bill").clock_skew = Duration::of_ms(bill * 1000);
  return company;
}

}  // namespace

TEST_CASE("the latest change wins, and a repeat is no change") {
  Company company(Rule::recency);
  company.says("crm", "A", 101);
  company.says("desk", "B", 103);
  company.says("crm", "A", 105);
  CHECK(company.told() == "B of desk");
  CHECK(company.outcome().field->event_key.text() == "desk@103");
  CHECK(company.lost() == "crm A: changed earlier, or perhaps earlier");
}

TEST_CASE("at the same time the better rank wins") {
  Company company(Rule::recency);
  company.says("desk", "B", 101);
  company.says("bill", "C", 101);
  CHECK(company.told() == "B of desk");
  company.says("crm", "A", 101);
  CHECK(company.told() == "A of crm");
}

TEST_CASE("without ranks the system's name decides, never the order of arrival") {
  Company company(Rule::recency);
  for (const char* name : {"crm", "desk", "bill"}) company.system(name).precedence = 1;
  company.says("bill", "B", 101);
  company.says("crm", "A", 101);
  CHECK(company.told() == "A of crm");
}

TEST_CASE("changes closer together than both skews are a tie, and the rank decides") {
  Company company = skewed(2, 3, 0);
  company.says("crm", "A", 100);
  SECTION("as far apart as both together") {
    company.says("desk", "B", 105);
    CHECK(company.told() == "A of crm");
  }
  SECTION("further apart") {
    company.says("desk", "B", 106);
    CHECK(company.told() == "B of desk");
  }
}

TEST_CASE("what is a tie is measured from the latest change, not from neighbour to neighbour") {
  Company company = skewed(2, 2, 2);
  company.says("crm", "A", 100);
  company.says("desk", "B", 104);
  company.says("bill", "C", 108);
  CHECK(company.told() == "B of desk");
}

TEST_CASE("on_tie: escalate asks a person, and shows the least candidate meanwhile") {
  Company company = skewed(2, 3, 0);
  company.field().on_tie = OnTie::escalate;
  company.says("desk", "B", 103);
  company.says("crm", "A", 104);
  CHECK(company.told() == "B of desk?");
  CHECK(company.asked() == "crm A, desk B");
  CHECK(company.outcome().question->blocks);
  SECTION("the same value is nothing to ask about") {
    company.says("crm", "B", 106);
    CHECK(company.told() == "B of crm");
    CHECK(company.asked().empty());
  }
  SECTION("what is decided goes on show, contested or not") {
    company.decides("D", 110);
    CHECK(company.told() == "D by decision");
    company.says("crm", "E", 105, {.certain = true});
    CHECK(company.told() == "D by decision?");
    CHECK(company.lost() == "crm E: not decided yet; desk B: decided by Ada");
  }
}

TEST_CASE("a possible change that may lie before the latest certain one is dropped") {
  Company company(Rule::recency);
  company.says("crm", "A", 105, {.certain = true});
  SECTION("it may have been made before") {
    company.says("desk", "X", 104);
    company.says("desk", "B", 110);
    CHECK(company.told() == "A of crm");
    CHECK(company.outcome().field->evidence == Evidence::certain);
  }
  SECTION("its lower bound is the certain time: it was made after") {
    company.says("desk", "X", 105);
    company.says("desk", "B", 110);
    CHECK(company.told() == "B of desk");
    CHECK(company.outcome().field->evidence == Evidence::possible);
  }
  SECTION("nothing is known before it") {
    company.says("desk", "B", 110);
    CHECK(company.told() == "A of crm");
  }
  SECTION("the latest certain time counts, whoever has it") {
    company.says("desk", "X", 106);
    company.says("desk", "B", 110);
    company.says("bill", "C", 107, {.certain = true});
    CHECK(company.told() == "C of bill");
  }
}

TEST_CASE("among possible changes the greatest upper bound wins") {
  Company company(Rule::recency);
  company.says("crm", "A", 105);
  company.says("desk", "X", 90);
  company.says("desk", "B", 104);
  CHECK(company.told() == "A of crm");
}

TEST_CASE("our write is nobody's new word: its author stays, and so does the author's time") {
  Company company(Rule::recency);
  company.says("crm", "A", 90);
  company.writes("desk", "A", 110, 112);
  company.says("desk", "A", 120);
  company.says("bill", "B", 95);
  CHECK(company.told() == "B of bill");
}

TEST_CASE("what a system only receives is never a candidate") {
  Company company(Rule::recency);
  company.says("crm", "A", 101);
  company.says("desk", "B", 105);
  company.field().direction[SystemName("desk")] = Direction::out;
  CHECK(company.told() == "A of crm");
  company.field().direction[SystemName("desk")] = Direction::none;
  CHECK(company.told() == "A of crm");
  company.field().direction[SystemName("desk")] = Direction::in;
  CHECK(company.told() == "B of desk");
}

TEST_CASE("a record that was merged away speaks only where no living one of its system does") {
  Company company(Rule::recency);
  company.says("desk", "B", 105);
  company.record("desk").state = LinkState::merged;
  company.says("crm", "A", 101);
  CHECK(company.told() == "B of desk");
  const Observation living = observation_of(word("C"), 99, {.key = "desk2@99"});
  join(company.record("desk", 2).fields[FieldName("f")], living);
  CHECK(company.told() == "A of crm");
}

// Found by the simulation (hell, seed 7400281): such a picture counted as certainly later than the
// write, and what it shows as certainly later than the word that the write had carried.
TEST_CASE("a picture that crosses our write may show a change from before the write") {
  Company company = skewed(0, 2, 0);
  company.says("desk", "A", 101);
  company.says("crm", "B", 105, {.certain = true});
  company.writes("desk", "B", 110, 111);
  SECTION("nobody saw the write arrive") {
    company.says("desk", "C", 112);
    CHECK(company.told() == "B of crm");
  }
  SECTION("it was seen there before") {
    company.says("desk", "B", 111);
    company.says("desk", "C", 112);
    CHECK(company.told() == "C of desk");
  }
  SECTION("the picture is later than the write can have been") {
    company.says("desk", "C", 114);
    CHECK(company.told() == "C of desk");
  }
}

}  // namespace truce::test
