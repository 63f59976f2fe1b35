// union: element by element, each system against its own history only.
#include "tests/unit/survive/company_of.h"

namespace truce::test {
namespace {

Company tagged(Removals removals) {
  Company company(Rule::set_union, FieldType::set);
  company.field().removals = removals;
  return company;
}

std::string value_of(const Company& company) {
  const Survivor survivor = company.outcome();
  return survivor.field ? text_of(survivor.field->value) : "nobody";
}

}  // namespace

TEST_CASE("ignore: whatever a system ever showed stays") {
  Company company = tagged(Removals::ignore);
  CHECK(value_of(company) == "nobody");
  company.says("crm", set_of({"y", "x"}), 101);
  company.says("crm", set_of({"z"}), 105);
  company.says("desk", set_of({"w"}), 103);
  CHECK(value_of(company) == "{w x y z}");
  CHECK(company.outcome().elements.at("x").event_key.text() == "crm@101");
  CHECK(company.outcome().elements.at("w").system.text == "desk");
  CHECK(company.asked().empty());
}

TEST_CASE("what was stored before the field was a set is the set of what it shows") {
  Company company = tagged(GENERATE(Removals::ignore, Removals::propagate));
  company.says("crm", "gold", 101);
  company.writes("desk", word("gold"), 102, 103);
  CHECK(value_of(company) == "{gold}");
  CHECK(company.outcome().elements.at("gold").event_key.text() == "crm@101");
  SECTION("seen again as a set it is no news") {
    company.says("crm", set_of({"gold"}), 110);
    company.says("crm", set_of({"gold", "silver"}), 111);
    CHECK(value_of(company) == "{gold silver}");
    CHECK(company.outcome().elements.at("gold").changed_at == at(101));
  }
  SECTION("a list in the system's own form is several") {
    company.field().map.at(SystemName("bill")).split = ";";
    company.says("bill", "red;blue", 104);
    CHECK(value_of(company) == "{blue gold red}");
  }
  SECTION("a number is one too") {
    company.says("bill", Value::of_scalar(Value::Kind::integer, "7", "7"), 104);
    CHECK(value_of(company) == "{7 gold}");
  }
  SECTION("and so is what a person decided") {
    company.decides("bronze", 120);
    CHECK(value_of(company) == "{bronze}");
  }
}

TEST_CASE("a value of before the field was a set keeps its time beside those that came since") {
  Company company(Rule::recency, FieldType::set);
  company.says("crm", "gold", 101);
  company.says("desk", "silver", 105);
  company.says("crm", set_of({"gold"}), 110);
  CHECK(company.told() == "{silver} of desk");
}

TEST_CASE("ignore: what our write replaced counts, seen again or not") {
  Company company = tagged(Removals::ignore);
  company.says("desk", set_of({"q"}), 101);
  company.writes("desk", set_of({"x"}), 110, 112);
  CHECK(value_of(company) == "{q}");
  company.says("desk", set_of({"q"}), 111);
  CHECK(value_of(company) == "{q}");
}

TEST_CASE("propagate: what a system takes away from its own set is gone") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.writes("desk", set_of({"x", "y"}), 110, 112);
  company.says("desk", set_of({"x"}), 120);
  CHECK(value_of(company) == "{x}");
  SECTION("added again it is back") {
    company.writes("crm", set_of({"x"}), 121, 122);
    company.says("crm", set_of({"x", "y"}), 130);
    CHECK(value_of(company) == "{x y}");
  }
  SECTION("everything can be taken away") {
    company.says("desk", set_of({"w"}), 121);
    company.says("desk", set_of({"v"}), 122);
    CHECK(value_of(company) == "{v}");
    company.field().blank = Blank::clear;
    company.says("desk", Value::null(), 123);
    CHECK(value_of(company) == "null");
  }
}

TEST_CASE("propagate: a system that has not received an element does not remove it") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x"}), 101);
  company.says("desk", set_of({"y"}), 105);
  company.says("desk", set_of({"z"}), 106);
  CHECK(value_of(company) == "{x z}");
}

TEST_CASE("propagate: between two removals and additions the latest counts, and an add wins ties") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.says("crm", set_of({"x"}), 105);
  company.says("desk", set_of({"w"}), 100);
  company.says("desk", set_of({"w", "y"}), 105);
  CHECK(value_of(company) == "{w x y}");
  Company later = tagged(Removals::propagate);
  later.says("crm", set_of({"x", "y"}), 101);
  later.says("crm", set_of({"x"}), 106);
  later.says("desk", set_of({"y"}), 105);
  CHECK(value_of(later) == "{x}");
}

TEST_CASE("propagate: an element that crossed our write was perhaps never there: no removal") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.says("desk", set_of({"x"}), 100);
  company.writes("desk", set_of({"x", "y"}), 110, 115);
  // Edited between hand-out and settle: it may not have seen y yet.
  company.says("desk", set_of({"x", "z"}), 112);
  CHECK(value_of(company) == "{x y z}");
  company.says("desk", set_of({"x"}), 120);
  CHECK(value_of(company) == "{x y}");
}

TEST_CASE("propagate: what a system had shown itself it can take away at once") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.says("desk", set_of({"x"}), 100);
  company.writes("desk", set_of({"x", "y"}), 110, 115);
  company.says("desk", set_of({"x", "y"}), 111);
  company.says("desk", set_of({"x", "z"}), 112);
  CHECK(value_of(company) == "{x z}");
}

TEST_CASE("propagate: who was never seen and has perhaps not received our write removes nothing") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x"}), 101);
  company.record("desk");
  SECTION("while the write is on its way") {
    Write write;
    write.delivery = DeliveryId("d/1");
    write.value = set_of({"x"});
    write.handed_out_at = at(110);
    join(company.record("desk").fields[FieldName("f")], write);
  }
  SECTION("or it crossed") { company.writes("desk", set_of({"x"}), 110, 115); }
  company.says("desk", set_of({"y"}), 112);
  CHECK(value_of(company) == "{x y}");
}

TEST_CASE("propagate: a system that still shows an element does not add it again") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.writes("desk", set_of({"x", "y"}), 110, 112);
  company.says("desk", set_of({"x"}), 120);
  company.says("crm", set_of({"x", "y"}), 130);
  company.says("crm", set_of({"x", "y", "z"}), 131);
  CHECK(value_of(company) == "{x z}");
}

TEST_CASE("escalate: a removal waits for a person, and the element stays on show") {
  Company company = tagged(Removals::escalate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.says("desk", set_of({"w"}), 102);
  CHECK(company.asked().empty());
  company.says("crm", set_of({"x"}), 105);
  CHECK(value_of(company) == "{w x y}");
  CHECK(company.outcome().field->contested);
  CHECK(company.asked() == "crm {x}, desk {w}");
  company.decides(set_of({"w", "x"}), 110);
  CHECK(value_of(company) == "{w x}");
  CHECK_FALSE(company.outcome().field->contested);
  CHECK(company.asked().empty());
}

TEST_CASE("the element's first adder is its author, by time, rank and name") {
  Company company = tagged(Removals::ignore);
  company.says("bill", set_of({"x"}), 101);
  company.says("desk", set_of({"x"}), 101);
  CHECK(company.outcome().elements.at("x").system.text == "desk");
  company.says("crm", set_of({"x"}), 100);
  CHECK(company.outcome().elements.at("x").system.text == "crm");
}

TEST_CASE("an element of our own write in the system's form is not its word") {
  Company company = tagged(Removals::ignore);
  company.field().map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  company.says("crm", set_of({"Beta"}), 101);
  company.writes("desk", set_of({"Beta"}), 110, 112);
  company.says("desk", set_of({"beta"}), 113);
  CHECK(value_of(company) == "{Beta}");
  company.says("desk", set_of({"beta", "x"}), 120);
  CHECK(value_of(company) == "{Beta x}");
  SECTION("a new one in that form is") {
    company.says("desk", set_of({"x"}), 121);
    company.says("desk", set_of({"beta", "x"}), 122);
    CHECK(value_of(company) == "{Beta beta x}");
  }
}

TEST_CASE("propagate: what a system shows in its own form it takes away as it was added") {
  Company company = tagged(Removals::propagate);
  company.field().map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  company.says("crm", set_of({"Blue", "Red"}), 101);
  company.writes("desk", set_of({"Blue", "Red"}), 110, 112);
  SECTION("seen before in its form, as we wrote it, or not at all") {
    const auto seen = GENERATE(set_of({"blue", "red"}), set_of({"Blue", "Red"}), Value::null());
    if (!seen.is_null()) company.says("desk", seen, 113);
    company.says("desk", set_of({"blue"}), 120);
    CHECK(value_of(company) == "{Blue}");
    company.writes("crm", set_of({"Blue"}), 121, 122, "desk");
    company.says("desk", set_of({"blue", "red"}), 130);
    CHECK(value_of(company) == "{Blue red}");
  }
  SECTION("told with what stood there") {
    company.says("desk", set_of({"blue"}), 120, {.previous = set_of({"blue", "red"})});
    CHECK(value_of(company) == "{Blue}");
  }
  SECTION("added elsewhere since, it stays") {
    company.says("desk", set_of({"blue"}), 120);
    company.says("crm", set_of({"Blue"}), 121);
    company.says("crm", set_of({"Blue", "Red"}), 122);
    CHECK(value_of(company) == "{Blue Red}");
  }
  SECTION("heard of before what was added earlier, it is taken away all the same") {
    company.says("desk", set_of({"blue"}), 120);
    company.says("bill", set_of({"RED"}), 115, {.received = 125});
    CHECK(value_of(company) == "{Blue}");
  }
  SECTION("a spelling that it has not given its form yet is the element still") {
    company.says("desk", set_of({"Red", "x"}), 120);
    CHECK(value_of(company) == "{Red x}");
    CHECK(company.outcome().elements.at("Red").system.text == "crm");
  }
}

TEST_CASE("propagate: elements that a system shows as one it takes away as one") {
  Company company = tagged(Removals::propagate);
  company.field().map[SystemName("desk")].lossy = {{Lossy::Kind::truncate, 2}};
  company.says("crm", set_of({"Black", "Blue", "Red"}), 101);
  SECTION("all of them ours") {
    company.writes("desk", set_of({"Black", "Blue", "Red"}), 110, 112);
    company.says("desk", set_of({"Bl", "Re"}), 113);
    company.says("desk", set_of({"Re"}), 120);
    CHECK(value_of(company) == "{Red}");
  }
  SECTION("one of them its own") {
    company.says("desk", set_of({"Bl", "Re"}), 102);
    company.says("desk", set_of({"Re"}), 120);
    CHECK(value_of(company) == "{Re Red}");
  }
}

TEST_CASE("escalate: who takes away what it shows in its own form is asked about") {
  Company company = tagged(Removals::escalate);
  company.field().map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  company.says("crm", set_of({"Blue", "Red"}), 101);
  company.writes("desk", set_of({"Blue", "Red"}), 110, 112);
  company.says("desk", set_of({"blue"}), 120);
  CHECK(value_of(company) == "{Blue Red}");
  CHECK(company.asked() == "crm {Blue Red}, desk {blue}");
}

TEST_CASE("an element of ours that crossed an edit of the system is not its word") {
  Company company = tagged(Removals::ignore);
  company.field().map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  company.says("crm", set_of({"Beta"}), 101);
  Write write;
  write.delivery = DeliveryId("d/1");
  write.value = set_of({"Beta"});
  write.handed_out_at = at(110);
  SECTION("also of one that was seen with something else before") {
    write.planned_after = company.says("desk", set_of({"w"}), 100);
  }
  SECTION("also of one that was never seen before") {}
  FieldHistory& history = company.record("desk").fields[FieldName("f")];
  join(history, write);
  company.says("desk", set_of({"beta", "x"}), 112);
  CHECK_FALSE(company.outcome().elements.contains("beta"));
  CHECK(company.outcome().elements.contains("x"));
  write.state = Write::State::acknowledged;
  write.settled_at = at(115);
  join(history, write);
  CHECK_FALSE(company.outcome().elements.contains("beta"));
}

TEST_CASE("a late picture of what our write replaced makes our near miss nobody's word") {
  Company company = tagged(Removals::ignore);
  company.field().map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  company.says("crm", set_of({"Y", "x", "z"}), 101);
  company.writes("desk", set_of({"Y", "x", "z"}), 110, 112);
  company.says("desk", set_of({"y", "x", "z"}), 113);
  company.decides(set_of({"x", "z"}), 115);
  company.writes("desk", set_of({"x", "z"}), 120, 122, "");
  company.says("desk", set_of({"y", "x", "z"}), 121, {.received = 130});
  CHECK(value_of(company) == "{x z}");
}

TEST_CASE("a late picture of what a decision beat is nobody's word") {
  Company company = tagged(Removals::ignore);
  company.says("desk", set_of({"q", "x"}), 101);
  company.decides(set_of({"x"}), 105);
  company.writes("desk", set_of({"x"}), 110, 112, "");
  company.says("desk", set_of({"q", "x"}), 111, {.received = 120});
  CHECK(value_of(company) == "{x}");
}

TEST_CASE("a decision beats what it saw; what is added later counts again") {
  Company company = tagged(Removals::ignore);
  company.says("crm", set_of({"x", "y"}), 101);
  company.decides(set_of({"x", "d"}), 110);
  CHECK(value_of(company) == "{d x}");
  CHECK(company.outcome().elements.at("d").system.empty());
  company.says("crm", set_of({"x", "y", "z"}), 120);
  CHECK(value_of(company) == "{d x y z}");
  company.says("desk", set_of({"w"}), 90);
  CHECK(value_of(company) == "{d w x y z}");
}

TEST_CASE("an element that a decision left out lost, of whoever added it first") {
  const Removals removals = GENERATE(Removals::ignore, Removals::propagate, Removals::escalate);
  Company company = tagged(removals);
  company.says("crm", set_of({"x", "y"}), 101);
  company.says("desk", set_of({"c"}), 102);
  company.says("bill", set_of({"c"}), 103);
  company.decides(set_of({"x", "y"}), 110);
  CHECK(company.told() == "{x y} by decision");
  CHECK(company.outcome().field->why == "decided by Ada");
  CHECK(company.lost() == "desk {c}: decided by Ada");
  SECTION("and what is added since is beside what was decided") {
    company.says("bill", set_of({"z"}), 120);
    CHECK(company.told() == "{x y z} of bill");
    CHECK(company.outcome().field->rule == "union");
    CHECK(company.outcome().field->why ==
          "decided by Ada, with every element that a system added since");
    CHECK(company.lost() == (removals == Removals::propagate ? "desk {c}: taken away in bill"
                                                             : "desk {c}: decided by Ada"));
  }
  SECTION("added again it is no loser") {
    company.says("bill", set_of({"w"}), 120);
    company.says("bill", set_of({"c", "w"}), 121);
    CHECK(company.lost().empty());
  }
}

TEST_CASE("a removal that a person confirmed names the element") {
  Company company = tagged(Removals::escalate);
  company.says("crm", set_of({"x", "y"}), 101);
  company.says("crm", set_of({"x"}), 105);
  CHECK(company.lost().empty());
  company.decides(set_of({"x"}), 110);
  CHECK(company.told() == "{x} by decision");
  CHECK(company.lost() == "crm {y}: decided by Ada");
}

TEST_CASE("propagate: an element that was taken away lost to whoever took it") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"x", "y"}), 101);
  CHECK(company.outcome().field->why == "every element that a system added");
  company.writes("desk", set_of({"x", "y"}), 110, 112);
  company.says("desk", set_of({"x"}), 120);
  CHECK(company.told() == "{x} of crm");
  CHECK(company.outcome().field->why ==
        "every element that a system added and none took away since");
  CHECK(company.lost() == "crm {y}: taken away in desk");
  SECTION("also of what a person decided") {
    company.decides(set_of({"x", "z"}), 130);
    CHECK(company.lost() == "crm {y}: taken away in desk");
    company.writes("crm", set_of({"x", "z"}), 131, 132, "");
    company.says("crm", set_of({"x"}), 140);
    CHECK(company.told() == "{x} by decision");
    CHECK(company.lost() == " {z}: taken away in crm; crm {y}: taken away in desk");
  }
}

TEST_CASE("elements of a system that is only written are nobody's word") {
  Company company = tagged(Removals::ignore);
  company.says("crm", set_of({"x"}), 101);
  company.says("desk", set_of({"y"}), 102);
  company.field().direction[SystemName("desk")] = Direction::out;
  CHECK(value_of(company) == "{x}");
}

TEST_CASE("propagate: who added something before our write came removed nothing of it") {
  Company company = tagged(Removals::propagate);
  company.says("crm", set_of({"a", "m"}), 104);
  company.says("desk", set_of({"a"}), 101);
  company.writes("desk", set_of({"a", "m"}), 110, 112);
  company.says("desk", set_of({"a", "b"}), 105, {.received = 120});
  CHECK(value_of(company) == "{a b m}");
}

TEST_CASE("a set that is shown empty says nothing, however often") {
  Company company(Rule::set_union, FieldType::set);
  company.says("crm", Value::null(), 101);
  CHECK(company.told() == "nobody");
  company.says("crm", Value::null(), 102);
  CHECK(company.told() == "nobody");
  company.field().blank = Blank::clear;
  CHECK(company.told() == "null by union");
}

}  // namespace truce::test
