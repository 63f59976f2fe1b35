// The script of a demo keeps what makes its truth decidable.
#include "sidecar/demo/script.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "sidecar/demo/oracle.h"

namespace truce::demo {
namespace {

ScriptOptions seeded(std::uint64_t seed) {
  ScriptOptions options;
  options.seed = seed;
  return options;
}

bool by_recency(Field field) { return field == Field::stage || field == Field::first_name; }

TEST_CASE("most of the wanted edits find a place, in order of time") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Script script = make_script(seeded(seed));
    CHECK(script.edits.size() > 200);
    CHECK(std::is_sorted(script.edits.begin(), script.edits.end(),
                         [](const Edit& a, const Edit& b) { return a.at < b.at; }));
    CHECK(script.edits.back().at <= script.length);
  }
}

TEST_CASE("no two CRMs edit one person's stage or name closer than clocks can tell apart") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Script script = make_script(seeded(seed));
    for (const Edit& a : script.edits) {
      for (const Edit& b : script.edits) {
        if (a.kind != Edit::Kind::set || b.kind != Edit::Kind::set) continue;
        if (a.person != b.person || a.field != b.field || a.side == b.side) continue;
        if (!by_recency(a.field)) continue;
        CHECK(std::abs(a.at.us - b.at.us) >= recency_gap.us);
      }
    }
  }
}

TEST_CASE("a stage or a name is never set to what the person had before") {
  const Script script = make_script(seeded(3));
  std::set<std::tuple<int, Field, std::string>> seen;
  for (int person = 0; person < static_cast<int>(script.people.size()); ++person) {
    for (const auto& [field, value] : script.people[static_cast<std::size_t>(person)].start) {
      seen.emplace(person, field, meaning(Side::hubspot, field, value));
    }
  }
  for (const Edit& edit : script.edits) {
    if (edit.kind != Edit::Kind::set) continue;
    CHECK(seen.emplace(edit.person, edit.field, meaning(edit.side, edit.field, edit.value)).second);
  }
}

TEST_CASE("a newcomer is edited only where somebody has entered them, and only afterwards") {
  const Script script = make_script(seeded(5));
  std::map<int, Edit> entered;
  for (const Edit& edit : script.edits) {
    const Person& person = script.people[static_cast<std::size_t>(edit.person)];
    if (edit.kind == Edit::Kind::enter) entered[edit.person] = edit;
    if (person.home == Person::Home::both) continue;
    REQUIRE(entered.contains(edit.person));
    CHECK(entered[edit.person].side == edit.side);
  }
  CHECK(entered.size() == 8);
}

TEST_CASE("another run meets other addresses and phones and the same edits") {
  const Script one = make_script(seeded(7));
  ScriptOptions later = seeded(7);
  later.run = 2;
  const Script two = make_script(later);
  REQUIRE(one.edits.size() == two.edits.size());
  for (std::size_t i = 0; i < one.edits.size(); ++i) {
    CHECK(one.edits[i].at == two.edits[i].at);
    CHECK(one.edits[i].person == two.edits[i].person);
    const bool named_after_run =
        one.edits[i].field == Field::email || one.edits[i].field == Field::phone;
    if (one.edits[i].kind != Edit::Kind::enter) {
      CHECK((one.edits[i].value == two.edits[i].value) != named_after_run);
    }
  }
}

TEST_CASE(
    "the truth is the authority's word, the latest stage, all tags, and a question of money") {
  Script script;
  script.people.push_back(
      {Person::Home::both,
       {{Field::email, "a@example.com"}, {Field::stage, "lead"}, {Field::tags, "customer list"}}});
  const auto at = [](std::int64_t ms) { return Duration::of_ms(ms); };
  const auto set = Edit::Kind::set;
  script.edits = {
      {at(1), 0, Side::hubspot, set, Field::email, "B@example.com"},
      {at(2), 0, Side::salesforce, set, Field::email, "c@example.com"},
      {at(3), 0, Side::hubspot, set, Field::stage, "customer"},
      {at(4), 0, Side::salesforce, set, Field::stage, "Opportunity"},
      {at(5), 0, Side::hubspot, Edit::Kind::add_tag, Field::tags, "vip"},
      {at(6), 0, Side::salesforce, Edit::Kind::add_tag, Field::tags, "Trial"},
      {at(7), 0, Side::salesforce, set, Field::phone, "0151 23456789"},
      {at(8), 0, Side::hubspot, set, Field::phone, "+4915199999999"},
      {at(9), 0, Side::hubspot, set, Field::amount, "10.50"},
      {at(10), 0, Side::salesforce, set, Field::amount, "11"},
  };
  PersonTruth truth = truth_of(script).front();
  CHECK(truth[Field::email].meaning == "b@example.com");
  CHECK(truth[Field::stage].meaning == "opportunity");
  CHECK(truth[Field::tags].meaning == "customer list;trial;vip");
  CHECK(truth[Field::phone].meaning == "15123456789");
  CHECK(truth[Field::amount].in_question ==
        std::map<Side, std::string>{{Side::hubspot, "10.5"}, {Side::salesforce, "11"}});
}

}  // namespace
}  // namespace truce::demo
