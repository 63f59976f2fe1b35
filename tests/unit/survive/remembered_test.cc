// A question is decided again exactly when something that its answer rests on has changed.
#include <catch2/catch.hpp>

#include "tests/unit/survive/company_of.h"

namespace truce::test {
namespace {

Company two_fields() {
  Company company(Rule::recency);
  company.add_field("g", Rule::recency);
  company.policy.sha256 = "p1";
  company.says("crm", "A", 100);
  company.says("desk", "B", 110);
  company.says("crm", "X", 100, {}, "g");
  return company;
}

struct Remembering {
  const Survivors& derive() {
    last = survive(company.policy, company.entity, company.views(), company.decisions, derivation);
    return last;
  }
  // Which of the fields were decided again.
  std::string decided_again() {
    const Survivors before = last;
    derive();
    std::string all;
    for (const char* name : {"f", "g"}) {
      const auto now = last.find(FieldName(name));
      if (!now.shared().is_one_with(before.find(FieldName(name)).shared())) all += name;
    }
    return all;
  }

  Company& company;
  std::shared_ptr<const Derivation> derivation = {};
  Survivors last = {};
};

TEST_CASE("a field of which nobody said anything new is not decided again") {
  Company company = two_fields();
  Remembering remembering{company};
  remembering.derive();
  CHECK(remembering.decided_again().empty());
  company.says("desk", "C", 120);
  CHECK(remembering.decided_again() == "f");
  CHECK(text_of(remembering.last.at(FieldName("f")).field->value) == "C");
  company.writes("crm", "C", 121, 122, "desk");
  CHECK(remembering.decided_again() == "f");
  company.record("bill");
  CHECK(remembering.decided_again() == "fg");
  company.record("desk").state = LinkState::unlinked;
  CHECK(remembering.decided_again() == "fg");
}

TEST_CASE("another policy decides everything again, and reads every history again") {
  Company company = two_fields();
  company.field().rule = Rule::precedence;
  Remembering remembering{company};
  CHECK(text_of(remembering.derive().at(FieldName("f")).field->value) == "A");
  company.field().rule = Rule::recency;
  CHECK(remembering.decided_again().empty());
  company.policy.sha256 = "p2";
  const auto before = company.views()[0].shared_timeline(FieldName("f"));
  CHECK(remembering.decided_again() == "fg");
  CHECK(text_of(remembering.last.at(FieldName("f")).field->value) == "B");
  company.policy.sha256 = "p3";
  CHECK(company.views()[0].shared_timeline(FieldName("f")) != before);
}

TEST_CASE("a field that a person decided, or decides no more, is decided again") {
  Company company = two_fields();
  Remembering remembering{company};
  remembering.derive();
  company.decides("A", 130);
  CHECK(remembering.decided_again() == "f");
  CHECK(remembering.last.at(FieldName("f")).field->rule == "decision");
  company.decisions.clear();
  CHECK(remembering.decided_again() == "f");
  CHECK(text_of(remembering.last.at(FieldName("f")).field->value) == "B");
}

TEST_CASE("without a policy's digest nothing is remembered") {
  Company company = two_fields();
  company.policy.sha256.clear();
  Remembering remembering{company};
  remembering.derive();
  CHECK(remembering.decided_again() == "fg");
  CHECK(company.views()[0].shared_timeline(FieldName("f")) !=
        company.views()[0].shared_timeline(FieldName("f")));
}

TEST_CASE("a history that changes, however it does, is read again; a copy has a reading of its own") {
  Company company = two_fields();
  const auto read = [&] { return company.views()[0].shared_timeline(FieldName("f")); };
  auto before = read();
  CHECK(read() == before);
  const SourceRecord copy = company.record("crm");
  CHECK(read() == before);
  SECTION("an observation") { company.says("crm", "D", 140); }
  SECTION("a write") { company.writes("crm", "D", 141, 142); }
  SECTION("in place") { company.record("crm").fields[FieldName("f")].observations.clear(); }
  SECTION("taken for the same fact again") {
    FieldHistory& history = company.record("crm").fields[FieldName("f")];
    Observation again = history.observations.front();
    again.evidence = Evidence::certain;
    join(history, again);
  }
  CHECK(read() != before);
  const System& crm = company.system("crm");
  const auto kept = remembered_timeline(copy.fields.at(FieldName("f")), mark_of(company.policy), crm,
                                        company.field());
  CHECK(kept == before);
}

TEST_CASE("a reading goes when its history is given out to be changed") {
  Company company = two_fields();
  const auto read = [&] { return company.views()[0].timeline(FieldName("f"))->entries.size(); };
  CHECK(read() == 1);
  SECTION("by its name") { company.record("crm").fields[FieldName("f")].observations.clear(); }
  SECTION("where it is meant") {
    company.record("crm").fields.edit_where(
        [](const FieldName& name, const FieldHistory&) { return name.text == "f"; },
        [](const FieldName&, FieldHistory& history) { history.observations.clear(); });
  }
  CHECK(read() == 0);
}

TEST_CASE("a reading goes with what joins its history and with what is taken back") {
  Company company = two_fields();
  company.writes("crm", "D", 141, 142);
  FieldHistory history = company.record("crm").fields.at(FieldName("f"));
  const auto read = [&] {
    return remembered_timeline(history, mark_of(company.policy), company.system("crm"),
                               company.field());
  };
  const auto before = read();
  CHECK(read() == before);
  SECTION("an observation") { join(history, observation_of(word("E"), 150, {})); }
  SECTION("a write") { join(history, Write(history.writes.front())); }
  SECTION("a write that is taken back") {
    forget_write(history, DeliveryId(history.writes.front().delivery));
  }
  CHECK(read() != before);
}

}  // namespace
}  // namespace truce::test
