// Dropping what says nothing more.
#include "tests/unit/history/history_of.h"

namespace truce::test {
namespace {

Desk long_story() {
  Desk desk;
  for (int second = 100; second < 110; ++second) desk.shows("A", second);
  desk.hand_out("D", 110);
  desk.settle(112);
  for (int second = 106; second < 109; ++second) {
    desk.shows("A", second, {.received = 113, .version = "late"});
  }
  for (int second = 113; second < 120; ++second) desk.shows("D", second);
  for (int second = 120; second < 130; ++second) desk.shows("B", second);
  return desk;
}

std::string derived(const Desk& desk) {
  const Assertion last = desk.last_assertion();
  return desk.base() + ' ' + text_of(last.value) + ' ' + to_rfc3339(last.changed_at) + ' ' +
         to_rfc3339(last.changed_after);
}

}  // namespace

TEST_CASE("compacting drops the middle of runs and keeps their first and last") {
  Desk desk;
  for (int second = 101; second <= 105; ++second) desk.shows("A", second);
  desk.shows("B", 106);
  compact(desk.history, desk.system, desk.field, at(200));
  CHECK(desk.told() == "A assertion, A repeat, B assertion");
  CHECK(desk.history.observations[1].order.at == at(105));
  CHECK(desk.last_assertion().changed_after == at(105));
}

TEST_CASE("echoes are dropped like repeats: a field that we wrote does not grow for ever") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  for (int second = 113; second < 140; ++second) desk.shows("D", second);
  compact(desk.history, desk.system, desk.field, at(200));
  CHECK(desk.told() == "A assertion, D write, D echo, D echo");
  CHECK(desk.history.observations[1].order.at == at(113));
  CHECK(desk.history.observations[2].order.at == at(139));
  CHECK(desk.base() == "D of crm");
}

TEST_CASE("the last of a run stays where a picture from before stands behind it") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(130);
  for (const int second : {111, 112, 113}) desk.shows("C", second);
  for (const int second : {114, 115, 116}) desk.shows("A", second, {.received = 140});
  desk.shows("E", 120, {.received = 140});
  const Time after = desk.last_assertion().changed_after;
  compact(desk.history, desk.system, desk.field, at(200));
  CHECK(desk.told() ==
        "A assertion, D write, C assertion, C repeat, A stale, A stale, E assertion");
  CHECK(after == at(113));
  CHECK(desk.last_assertion().changed_after == after);
}

TEST_CASE("within the window nothing is dropped") {
  Desk desk;
  for (int second = 101; second <= 105; ++second) desk.shows("A", second);
  compact(desk.history, desk.system, desk.field, at(101));
  CHECK(desk.history.observations.size() == 5);
  compact(desk.history, desk.system, desk.field, at(104));
  CHECK(desk.history.observations.size() == 4);
}

TEST_CASE("what is derived stays the same, for every event after the horizon too") {
  const Time horizon = at(128);
  Desk full = long_story();
  Desk compacted = long_story();
  compact(compacted.history, compacted.system, compacted.field, horizon);
  CHECK(compacted.history.observations.size() < full.history.observations.size());
  CHECK(derived(compacted) == derived(full));
  for (const char* value : {"A", "B", "C", "D"}) {
    for (const int second : {128, 129, 131}) {
      Desk a = full, b = compacted;
      a.shows(value, second, {.received = 140, .version = "z"});
      b.shows(value, second, {.received = 140, .version = "z"});
      INFO(value << " at " << second);
      CHECK(derived(a) == derived(b));
    }
  }
}

}  // namespace truce::test
