// Dropping what says nothing more.
#include <random>

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

// All that the engine takes from a history: the last word, how the system left the field, the base,
// and what became of each thing since `from`.
std::string derived(const Desk& desk, Time from) {
  const Timeline timeline = desk.read();
  std::string all = desk.base() + ' ' + to_rfc3339(timeline.base.provenance.changed_at);
  if (!timeline.assertions.empty()) {
    const Assertion& last = timeline.assertions.back();
    all += "; " + last.event_key.text() + ' ' + text_of(last.value) + ' ' +
           to_rfc3339(last.changed_at) + " after " + to_rfc3339(last.changed_after);
    for (const Value& before : last.before) all += ", " + text_of(before);
  }
  for (auto entry = timeline.entries.rbegin(); entry != timeline.entries.rend(); ++entry) {
    const bool word = entry->kind == EntryKind::blank || entry->kind == EntryKind::assertion;
    if (word && entry->kind == EntryKind::blank) all += "; left blank";
    if (word) break;
  }
  for (const Entry& entry : timeline.entries) {
    if (!entry.observation || entry.at < from) continue;
    all += "; " + text_of(entry.value) + ' ' + std::to_string(static_cast<int>(entry.kind)) + ' ' +
           (timeline.is_current(entry) ? "current" : "overtaken");
    for (const Value& before : entry.before) all += ", " + text_of(before);
  }
  return all;
}

// People, our writes and the network, at random: one desk keeps everything, the other one is
// compacted now and then. Nothing comes later than the window allows.
class TwoStories {
 public:
  explicit TwoStories(unsigned seed) : dice_(seed) {
    const int skew = below(3) == 0 ? 3 : 0;
    full = compacted = Desk(skew);
    if (below(4) == 0)
      both([](Desk& desk) { desk.field.map[desk.system.name].lossy = {{Lossy::Kind::lower, 0}}; });
    if (below(4) == 0) both([](Desk& desk) { desk.field.blank = Blank::clear; });
    writes_ = 1 + below(8);
  }

  void step() {
    now_ += below(5);
    if (below(10) >= writes_) {
      shows();
    } else if (!open_) {
      const Value value = any_value();
      both([&](Desk& desk) { desk.hand_out(value, now_); });
      open_ = true;
    } else {
      settle();
    }
  }

  void compact_now() {
    horizon = std::max(horizon, now_ - window);
    compact(compacted.history, compacted.system, compacted.field, at(horizon));
  }

  Desk full;
  Desk compacted;
  std::int64_t horizon = 0;

 private:
  static constexpr std::int64_t window = 20;

  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(dice_); }
  Value any_value() {
    const int i = below(8);
    return i == 0 ? Value::null() : word(std::string(1, "AaBbCDE"[i - 1]));
  }
  template <class Work>
  void both(const Work& work) {
    work(full);
    work(compacted);
  }

  void shows() {
    const std::int64_t late = below(3) == 0 ? below(static_cast<int>(window)) : below(3);
    const std::int64_t second = std::max(horizon, now_ - late);
    const Value value = any_value();
    Telling telling{
        .received = now_, .version = std::to_string(below(3)), .certain = below(3) == 0};
    if (below(5) == 0) telling.previous = any_value();
    both([&](Desk& desk) { desk.shows(value, second, telling); });
  }

  // A write that is given up is looked up later.
  void settle() {
    const int how = below(8);
    const Value shown = any_value();
    both([&](Desk& desk) {
      if (how < 5) return desk.settle(now_);
      if (how == 5) return desk.settle(now_, shown);
      if (how == 6) return desk.give_up(now_);
      desk.refuse();
    });
    open_ = how == 6;
  }

  std::mt19937 dice_;
  std::int64_t now_ = 100;
  int writes_ = 0;  // of ten steps
  bool open_ = false;
};

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
  CHECK(derived(compacted, horizon) == derived(full, horizon));
  for (const char* value : {"A", "B", "C", "D"}) {
    for (const int second : {128, 129, 131}) {
      Desk a = full, b = compacted;
      a.shows(value, second, {.received = 140, .version = "z"});
      b.shows(value, second, {.received = 140, .version = "z"});
      INFO(value << " at " << second);
      CHECK(derived(a, horizon) == derived(b, horizon));
    }
  }
}

TEST_CASE("compacting at any time changes nothing for whatever comes within the window") {
  std::size_t kept = 0;
  std::size_t told = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    TwoStories two(seed);
    for (int step = 0; step < 120; ++step) {
      two.step();
      if (step % 7 != 0) continue;
      two.compact_now();
      INFO("seed " << seed << ", step " << step);
      REQUIRE(derived(two.compacted, at(two.horizon)) == derived(two.full, at(two.horizon)));
    }
    kept += two.compacted.history.observations.size() + two.compacted.history.writes.size();
    told += two.full.history.observations.size() + two.full.history.writes.size();
  }
  CHECK(kept * 2 < told);
}

TEST_CASE(
    "edits and writes that are long over are forgotten, but for the last word and what was "
    "before") {
  Desk desk;
  for (int second = 100; second < 200; second += 10) {
    desk.shows("A" + std::to_string(second), second);
    desk.hand_out("D" + std::to_string(second), second + 3);
    desk.settle(second + 5);
  }
  compact(desk.history, desk.system, desk.field, at(300));
  CHECK(desk.told() == "A180 assertion, D180 write, A190 assertion, D190 write");
  CHECK(desk.last_assertion().changed_after == at(183));
}

TEST_CASE("of our writes to a system that says nothing of its own the last one is kept") {
  Desk desk;
  desk.shows("A", 100);
  for (int second = 110; second < 200; second += 10) {
    desk.hand_out("D" + std::to_string(second), second);
    desk.settle(second + 2);
    desk.shows("D" + std::to_string(second), second + 3);
  }
  compact(desk.history, desk.system, desk.field, at(300));
  CHECK(desk.told() == "A assertion, D190 write, D190 echo");
  CHECK(desk.base() == "D190 of crm");
}

TEST_CASE("a write that is not settled keeps what it may come to stand behind") {
  Desk desk;
  for (int second = 100; second < 150; second += 10)
    desk.shows("A" + std::to_string(second), second);
  desk.hand_out("D", 151);
  for (int second = 160; second < 190; second += 10)
    desk.shows("B" + std::to_string(second), second);
  compact(desk.history, desk.system, desk.field, at(300));
  CHECK(text_of(desk.history.observations.front().value) == "A120");
  CHECK(desk.history.observations.size() == 6);
  CHECK(desk.history.writes.size() == 1);
}

TEST_CASE("rules that look at every word there ever was keep them all") {
  for (const Rule rule : {Rule::immutable, Rule::set_union}) {
    Desk desk;
    desk.field.rule = rule;
    for (int second = 100; second < 150; ++second) {
      desk.shows("A" + std::to_string(second), second);
    }
    compact(desk.history, desk.system, desk.field, at(300));
    CHECK(desk.history.observations.size() == 50);
  }
}

}  // namespace truce::test
