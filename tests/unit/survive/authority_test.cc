// source_of_truth: what the named system holds, always.
#include "tests/unit/survive/company_of.h"

namespace truce::test {
namespace {

// bill ranks last and is right.
Company billed() {
  Company company(Rule::source_of_truth);
  company.field().source = SystemName("bill");
  return company;
}

}  // namespace

TEST_CASE("the authority wins, whatever others say later and however they rank") {
  Company company = billed();
  company.says("bill", "A", 101);
  company.says("crm", "B", 105, {.certain = true});
  company.says("desk", "C", 106);
  CHECK(company.told() == "A of bill");
  CHECK(company.asked().empty());
  CHECK(company.lost() ==
        "crm B: bill is the source of truth; desk C: bill is the source of truth");
}

TEST_CASE("until the authority has a link, the highest-ranked other one fills in") {
  Company company = billed();
  company.says("desk", "C", 106);
  CHECK(company.told() == "C of desk");
  company.says("crm", "B", 101);
  CHECK(company.told() == "B of crm");
  company.record("bill");
  CHECK(company.told() == "nobody");
  company.says("bill", "A", 90);
  CHECK(company.told() == "A of bill");
}

TEST_CASE("what the authority holds from our write is its word, with its author") {
  Company company = billed();
  company.says("crm", "B", 90);
  company.writes("bill", "B", 110, 112);
  company.says("crm", "C", 120);
  CHECK(company.told() == "B of crm");
  CHECK(company.outcome().field->changed_at == at(90));
  CHECK(company.lost() == "crm C: bill is the source of truth");
  company.says("bill", "B", 130);
  CHECK(company.told() == "B of crm");
  company.says("bill", "D", 140);
  CHECK(company.told() == "D of bill");
}

TEST_CASE("what explains an authority's value lists neither its author nor itself as a loser") {
  Company company = billed();
  company.says("bill", "A", 80);
  company.says("crm", "B", 90);
  company.writes("bill", "B", 110, 112);
  CHECK(company.told() == "B of crm");
  CHECK(company.lost() == "bill A: stands there no more");
}

TEST_CASE("an authority that holds our write in its own form has our form for a word") {
  Company company = billed();
  company.field().map[SystemName("bill")].lossy = {{Lossy::Kind::lower, 0}};
  company.says("crm", "C", 90);
  company.writes("bill", "C", 110, 112);
  CHECK(company.told() == "C of crm");
  company.says("bill", "c", 113);
  CHECK(company.told() == "C of crm");
  SECTION("also where it was seeded once and for all") {
    company.field().immutable = true;
    CHECK(company.told() == "C of crm");
  }
}

TEST_CASE("while nobody knows what the authority holds, its own last word stands") {
  Company company = billed();
  company.says("bill", "A", 101);
  company.writes("bill", "B", 110, 115);
  company.says("bill", "C", 112);
  company.says("crm", "D", 120);
  CHECK(company.views()[0].timeline(FieldName("f"))->base.state == Base::State::unknown);
  CHECK(company.told() == "C of bill");
}

TEST_CASE("a blank of the authority: its last value stands, or the blank is its word") {
  Company company = billed();
  company.says("bill", "A", 101);
  company.says("bill", Value::null(), 105);
  company.says("crm", "B", 103);
  CHECK(company.told() == "A of bill");
  company.field().blank = Blank::clear;
  CHECK(company.told() == "null of bill");
}

TEST_CASE("unless_blank: others fill what the authority leaves blank, and it stays filled") {
  Company company = billed();
  company.field().unless_blank = true;
  company.says("bill", Value::null(), 100);
  company.says("crm", "B", 90);
  company.says("desk", "C", 105);
  CHECK(company.told() == "B of crm");
  SECTION("also after a value") {
    company.says("bill", "A", 101);
    CHECK(company.told() == "A of bill");
    company.says("bill", Value::null(), 102);
    CHECK(company.told() == "B of crm");
  }
  SECTION("once it is filled by us, others still fill it") {
    company.writes("bill", "B", 110, 112);
    company.says("crm", "E", 120);
    CHECK(company.told() == "B of crm");
    company.says("bill", "B", 130);
    CHECK(company.told() == "B of crm");
  }
  SECTION("also in a record that was made again, which only ever held our write") {
    company.says("bill", "A", 101);
    company.record("bill").state = LinkState::unlinked;
    company.record("bill", 2);
    company.writes("bill", "A", 110, 112, "bill", "f", 2);
    CHECK(company.told() == "A of bill");
    join(company.record("bill", 2).fields[FieldName("f")],
         observation_of(Value::null(), 120, {.key = "bill@120"}));
    CHECK(company.told() == "B of crm");
  }
  SECTION("a clearing blank is filled too") {
    company.field().blank = Blank::clear;
    CHECK(company.told() == "B of crm");
  }
  SECTION("it never spoke of the field at all") {
    company.record("bill").fields.clear();
    CHECK(company.told() == "B of crm");
  }
}

TEST_CASE("immutable beside an authority: what it held first stays, and its later word is asked") {
  Company company = billed();
  company.field().immutable = true;
  company.says("bill", "A", 101);
  company.says("crm", "B", 99);
  CHECK(company.told() == "A of bill");
  CHECK(company.asked().empty());
  company.says("bill", "C", 105);
  CHECK(company.told() == "A of bill");
  CHECK(company.asked() == "bill C, bill A");
  CHECK(company.lost() ==
        "bill C: was set later, and the field is immutable; crm B: bill is the source of truth");
  CHECK_FALSE(company.outcome().question->blocks);
  SECTION("the first value that it held from us counts as seeded") {
    Company seeded = billed();
    seeded.field().immutable = true;
    seeded.says("crm", "B", 90);
    seeded.writes("bill", "B", 110, 112);
    seeded.says("bill", "C", 120);
    CHECK(seeded.told() == "B of crm");
  }
  SECTION("a person may change it") {
    company.decides("D", 110);
    CHECK(company.told() == "D by decision");
    company.says("bill", "E", 120);
    CHECK(company.told() == "D by decision");
    CHECK(company.asked() == "bill E");
  }
}

TEST_CASE("an authority whose record was merged away keeps the word it had") {
  Company company = billed();
  company.says("bill", "A", 101);
  company.says("crm", "B", 105);
  company.record("bill").state = LinkState::merged;
  CHECK(company.told() == "A of bill");
}

TEST_CASE("a decision on an authority's word stands until the authority says something else") {
  Company company = billed();
  company.says("bill", "A", 101);
  company.says("crm", "B", 102);
  company.decides("D", 110);
  CHECK(company.told() == "D by decision");
  company.writes("bill", "D", 111, 112, "");
  CHECK(company.told() == "D by decision");
  company.says("crm", "E", 120);
  CHECK(company.told() == "D by decision");
  company.says("bill", "F", 121);
  CHECK(company.told() == "F of bill");
}

// Found by the simulation (bad-day, seed 210035): the clearing was heard of before the value.
TEST_CASE("what we gave back to an authority is not its word against a later one of its own") {
  Company company = billed();
  company.says("bill", "A", 90);
  SECTION("filled, because it had been emptied") {
    company.says("bill", Value::null(), 105);
    company.writes("bill", "A", 106, 107, "bill");
  }
  SECTION("sent again, because nobody knew what it held") {
    company.writes("bill", "A", 112, 113, "bill");
  }
  company.says("bill", "B", 100);
  CHECK(company.told() == "B of bill");
}

// Found by the simulation (seeds, seed 60023): a snapshot then shows that our write stands there.
TEST_CASE("a word of the authority that our write overtook on its way is its word") {
  Company company = billed();
  company.says("bill", "A", 80);
  company.says("crm", "B", 90);
  company.writes("bill", "B", 110, 112);
  company.says("bill", "C", 111, {.received = 130, .certain = true});
  CHECK(company.told() == "C of bill");
  const HistoryOrder shown = company.says("bill", "B", 112, {.received = 131});
  company.record("bill").fields[FieldName("f")].writes.back().stored = shown;
  CHECK(company.told() == "C of bill");
}

TEST_CASE("a blank of an authority that only ever held our write: that stands") {
  Company company(Rule::source_of_truth);
  company.field().source = SystemName("crm");
  company.says("desk", "B", 90);
  company.writes("crm", "B", 100, 101, "desk");
  company.says("crm", Value::null(), 110);
  CHECK(company.told() == "B of desk");
  CHECK(company.outcome().field->changed_at == at(90));
}

TEST_CASE("a blank of an authority that was seen to hold a write which nobody answered: that stands") {
  Company company(Rule::source_of_truth);
  company.field().source = SystemName("crm");
  company.says("desk", "B", 90);
  company.writes("crm", "B", 100, 200, "desk");
  company.record("crm").fields[FieldName("f")].writes.back().state = Write::State::unknown;
  company.says("crm", "B", 101, {.received = 102});
  CHECK(company.told() == "B of desk");
  const HistoryOrder found = company.says("crm", Value::null(), 110, {.received = 130});
  CHECK(company.told() == "B of desk");
  company.record("crm").fields[FieldName("f")].writes.back().stored = found;
  CHECK(company.told() == "B of desk");
}

TEST_CASE("an immutable value stands while the write that seeds it is on its way") {
  Company company = billed();
  company.field().immutable = true;
  company.says("desk", "C", 90, {.certain = true});
  Write write;
  write.delivery = DeliveryId("d9/1");
  write.state = Write::State::leased;
  write.value = word("C");
  write.handed_out_at = at(100);
  write.provenance = {SystemName("desk"), at(90), Evidence::certain, EventKey("desk@90")};
  join(company.record("bill").fields[FieldName("f")], write);
  company.says("bill", "C", 101);
  CHECK(company.told() == "C of desk");
}

}  // namespace truce::test
