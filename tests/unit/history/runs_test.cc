// Runs of equal values, and joining observations in any order.
#include <algorithm>

#include "tests/unit/history/history_of.h"

namespace truce::test {
namespace {

// Both members of everything that is kept and derived.
std::string all_of(const Desk& desk) {
  std::string all = desk.told() + " | " + desk.base();
  for (const Observation& seen : desk.history.observations) {
    all += " | " + seen.order.version + ' ' + seen.event_key.text() + ' ' + seen.actor + ' ' +
           std::string(to_string(seen.evidence)) + ' ' + std::to_string(seen.received_at.us) + ' ' +
           (seen.previous ? text_of(*seen.previous) : "");
  }
  for (const Assertion& assertion : desk.read().assertions) {
    all += " | " + text_of(assertion.value) + ' ' + to_rfc3339(assertion.changed_at) + ' ' +
           assertion.event_key.text();
  }
  return all;
}

// Joins them in every order, each twice.
void same_in_every_order(std::vector<Observation> observations) {
  std::vector<std::size_t> order(observations.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::string first;
  do {
    Desk desk;
    for (const std::size_t i : order) join(desk.history, observations[i]);
    for (const std::size_t i : order) join(desk.history, observations[i]);
    if (first.empty()) first = all_of(desk);
    CHECK(all_of(desk) == first);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace

TEST_CASE("a value that is shown again is a repeat, and the run keeps its first time") {
  Desk desk;
  CHECK(desk.base() == "never");
  desk.shows("A", 101);
  desk.shows("A", 103);
  CHECK(desk.told() == "A assertion, A repeat");
  CHECK(desk.last_assertion().changed_at == at(101));
  CHECK(desk.base() == "A of desk");
  CHECK(desk.read().base.provenance.changed_at == at(101));
  CHECK(desk.read().base.provenance.event_key.text() == "e1");
}

TEST_CASE("a late event splits a run: what stands behind it is a new word") {
  Desk desk;
  desk.shows("A", 101);
  desk.shows("A", 103);
  desk.shows("B", 102, {.received = 110});
  CHECK(desk.told() == "A assertion, B assertion, A assertion");
  CHECK(desk.last_assertion().changed_at == at(103));
  CHECK(desk.read().base.provenance.changed_at == at(103));
}

TEST_CASE("a late event lengthens a run: the word is older than it seemed") {
  Desk desk;
  desk.shows("A", 105);
  desk.shows("A", 103, {.received = 110});
  CHECK(desk.told() == "A assertion, A repeat");
  CHECK(desk.last_assertion().changed_at == at(103));
}

TEST_CASE("a possible change lies after the last observation of another value") {
  Desk desk;
  desk.shows("A", 101);
  CHECK(desk.last_assertion().changed_after == Time::beginning());
  desk.shows("A", 103);
  desk.shows("B", 105);
  CHECK(desk.last_assertion().changed_after == at(103));
  CHECK(desk.last_assertion().before == std::vector<Value>{word("A")});
}

TEST_CASE("after a write of ours a possible change lies after its hand-out, less the skew") {
  Desk desk(2);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("B", 120);
  CHECK(desk.last_assertion().changed_after == at(108));
  CHECK(desk.last_assertion().before == std::vector<Value>{word("D")});
}

TEST_CASE("what the source says that the field held before counts, whatever was seen") {
  Desk desk;
  desk.shows("A", 101);
  desk.shows("C", 105, {.previous = word("B")});
  CHECK(desk.last_assertion().before == std::vector<Value>{word("B")});
}

TEST_CASE("at one time the source's version orders, as a number where both are digits") {
  Desk desk;
  desk.shows("B", 100, {.version = "10"});
  desk.shows("A", 100, {.version = "9"});
  CHECK(desk.told() == "A assertion, B assertion");
  CHECK(desk.base() == "B of desk");
}

TEST_CASE("a blank is no word under keep, and a value like any other under clear") {
  Desk desk;
  desk.shows("A", 101);
  desk.shows(Value::null(), 102);
  desk.shows(Value::null(), 103);
  CHECK(desk.told() == "A assertion, null blank, null repeat");
  CHECK(desk.last_assertion().value == word("A"));
  CHECK(desk.base() == "null of desk");
  desk.field.blank = Blank::clear;
  CHECK(desk.told() == "A assertion, null assertion, null repeat");
}

TEST_CASE("the order in which observations are joined, and how often, changes nothing") {
  same_in_every_order({observation_of(word("A"), 101, {.key = "e1"}),
                       observation_of(word("B"), 101, {.key = "e2"}),
                       observation_of(word("A"), 103, {.version = "7", .key = "e3"}),
                       observation_of(word("B"), 102, {.key = "e4"})});
}

TEST_CASE("copies of one observation: the stronger evidence and the least stamps stay") {
  const std::vector<Observation> copies{
      observation_of(word("A"), 101, {.received = 105, .certain = true, .key = "e7", .actor = "x"}),
      observation_of(word("A"), 101, {.received = 104, .key = "e2", .actor = "y"}),
      observation_of(
          word("A"), 101,
          {.received = 106, .certain = true, .previous = word("Z"), .key = "e5", .actor = "z"}),
      observation_of(word("A"), 101, {.received = 107, .previous = word("Y"), .key = "e1"})};
  same_in_every_order(copies);
  Desk desk;
  for (const Observation& copy : copies) join(desk.history, copy);
  REQUIRE(desk.history.observations.size() == 1);
  const Observation& kept = desk.history.observations.front();
  CHECK(kept.evidence == Evidence::certain);
  CHECK(kept.event_key.text() == "e5");
  CHECK(kept.actor == "z");
  CHECK(kept.received_at == at(104));
  CHECK(kept.previous == word("Y"));
}

TEST_CASE("a write of the same delivery takes the place of the one before it") {
  Desk desk;
  desk.hand_out("D", 110);
  desk.settle(112);
  CHECK(desk.history.writes.size() == 1);
  desk.hand_out("E", 108);
  CHECK(desk.history.writes.front().value == word("E"));
  CHECK(desk.history.writes.back().value == word("D"));
}

TEST_CASE("only what belongs to the last run is current") {
  Desk desk;
  const auto first = desk.shows("A", 101);
  const auto second = desk.shows("B", 102);
  const auto third = desk.shows("B", 103);
  const Timeline timeline = desk.read();
  CHECK_FALSE(timeline.is_current(*timeline.entry_of(first)));
  CHECK(timeline.is_current(*timeline.entry_of(second)));
  CHECK(timeline.is_current(*timeline.entry_of(third)));
  CHECK(timeline.entry_of({at(104), "", ""}) == nullptr);
}

TEST_CASE("an edit that our write overtook is not current, and its echo is") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  const auto edit = desk.shows("B", 111);
  const auto echo = desk.shows("D", 112);
  const Timeline timeline = desk.read();
  CHECK(desk.told() == "A assertion, B assertion, D echo");
  CHECK_FALSE(timeline.is_current(*timeline.entry_of(edit)));
  CHECK(timeline.is_current(*timeline.entry_of(echo)));
}

TEST_CASE("an edit that is older than our write did not stand on it, though it is heard of later") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(111);
  desk.shows("B", 105, {.received = 120});
  const Assertion edit = desk.last_assertion();
  CHECK(edit.before == std::vector<Value>{word("A")});
  CHECK(edit.changed_at == at(105));
  CHECK(edit.changed_after == at(101));
  SECTION("nor on one before that") {
    Desk twice;
    twice.shows("A", 101);
    twice.hand_out("D", 110);
    twice.settle(111);
    twice.hand_out("E", 112);
    twice.settle(113);
    twice.shows("B", 105, {.received = 120});
    CHECK(twice.last_assertion().before == std::vector<Value>{word("A")});
    CHECK(twice.last_assertion().changed_after == at(101));
  }
}

TEST_CASE("of one value in two spellings at one time the least is kept, whichever came first") {
  const bool is_turned = GENERATE(false, true);
  Desk desk;
  desk.shows(Value::of_text(is_turned ? "anna@x.de" : "Anna@X.de", "anna@x.de"), 101);
  desk.shows(Value::of_text(is_turned ? "Anna@X.de" : "anna@x.de", "anna@x.de"), 101);
  desk.shows(Value::of_set({{is_turned ? "Vip" : "VIP", "vip"}}), 102);
  desk.shows(Value::of_set({{is_turned ? "VIP" : "Vip", "vip"}}), 102);
  CHECK(desk.told() == "Anna@X.de assertion, {VIP} assertion");
}

}  // namespace truce::test
