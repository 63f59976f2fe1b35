// One system's history of one field, told in the order in which the engine heard of it. Times are
// seconds.
#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <optional>
#include <string>

#include "engine/core/history/timeline.h"

namespace truce::test {

inline Time at(std::int64_t seconds) { return Time::of_ms(1'780'000'000'000 + seconds * 1000); }

inline Value word(const std::string& text) { return Value::of_text(text); }
inline Value set_of(std::initializer_list<std::string> words) {
  std::vector<Value::Element> elements;
  for (const std::string& one : words) elements.push_back({one, one});
  return Value::of_set(std::move(elements));
}
// "A", "null", "{x y}".
inline std::string text_of(const Value& value) {
  if (value.is_null()) return "null";
  if (!value.is_set()) return value.text();
  std::string all;
  for (const Value::Element& element : value.elements())
    all += (all.empty() ? "" : " ") + element.text;
  return '{' + all + '}';
}

struct Telling {
  std::optional<std::int64_t> received = std::nullopt;  // else when it happened
  std::string version = {};
  bool certain = false;
  std::optional<Value> previous = std::nullopt;
  std::string key = {};  // else e1, e2, …
  std::string actor = {};
};

inline Observation observation_of(const Value& value, std::int64_t seconds,
                                  const Telling& telling) {
  Observation observation;
  observation.order = {at(seconds), telling.version, value_hash(value)};
  observation.value = value;
  observation.evidence = telling.certain ? Evidence::certain : Evidence::possible;
  observation.previous = telling.previous;
  observation.event_key = EventKey(telling.key);
  observation.actor = telling.actor;
  observation.received_at = at(telling.received.value_or(seconds));
  return observation;
}

// The history of field "f" in system "desk"; the words that we write there are crm's, of second 90.
class Desk {
 public:
  explicit Desk(std::int64_t skew_s = 0) {
    system.name = SystemName("desk");
    system.clock_skew = Duration::of_ms(skew_s * 1000);
    field.name = FieldName("f");
    field.map[system.name] = {};
  }
  static Desk lower(FieldType type = FieldType::text) {
    Desk desk;
    desk.field.type = type;
    desk.field.map[desk.system.name].lossy = {{Lossy::Kind::lower, 0}};
    return desk;
  }

  HistoryOrder shows(const Value& value, std::int64_t seconds, Telling telling = {}) {
    if (telling.key.empty()) telling.key = "e" + std::to_string(++events_);
    const Observation observation = observation_of(value, seconds, telling);
    join(history, observation);
    return observation.order;
  }
  HistoryOrder shows(const std::string& value, std::int64_t seconds, const Telling& telling = {}) {
    return shows(word(value), seconds, telling);
  }

  // A write, planned against what is known now.
  void hand_out(const Value& value, std::int64_t seconds) {
    Write write;
    write.delivery = DeliveryId("d" + std::to_string(++deliveries_) + "/1");
    write.value = value;
    if (!history.observations.empty()) write.planned_after = history.observations.back().order;
    write.handed_out_at = at(seconds);
    write.provenance = {SystemName("crm"), at(90), Evidence::certain, EventKey("their event")};
    join(history, write);
    last_ = write;
  }
  void hand_out(const std::string& value, std::int64_t seconds) { hand_out(word(value), seconds); }

  // What became of the write that was handed out last. `shown` is what the target answered.
  void settle(std::int64_t seconds, const std::optional<Value>& shown = std::nullopt) {
    end(Write::State::acknowledged, seconds, shown);
  }
  void give_up(std::int64_t seconds, const std::optional<Value>& shown = std::nullopt) {
    end(Write::State::unknown, seconds, shown);
  }
  void refuse() { forget_write(history, last_.delivery); }

  Timeline read() const { return read_timeline(history, system, field); }

  // "A assertion, D write, D echo"
  std::string told() const {
    static const std::map<EntryKind, std::string> names{
        {EntryKind::assertion, "assertion"}, {EntryKind::repeat, "repeat"},
        {EntryKind::echo, "echo"},           {EntryKind::stale, "stale"},
        {EntryKind::blank, "blank"},         {EntryKind::write, "write"}};
    std::string all;
    for (const Entry& entry : read().entries) {
      all += (all.empty() ? "" : ", ") + text_of(entry.value) + ' ' + names.at(entry.kind);
    }
    return all;
  }
  // "D of crm", "c for C of crm", "unknown", "never"
  std::string base() const {
    const Base base = read().base;
    if (base.state == Base::State::never) return "never";
    if (base.state == Base::State::unknown) return "unknown";
    const std::string meant = same(base.value, base.word) ? "" : " for " + text_of(base.word);
    return text_of(base.value) + meant + " of " + base.provenance.system.text;
  }
  // The last run's time, and the time after which it must have begun.
  Assertion last_assertion() const {
    const Timeline timeline = read();
    REQUIRE_FALSE(timeline.assertions.empty());
    return timeline.assertions.back();
  }

  System system;
  Field field;
  FieldHistory history;

 private:
  void end(Write::State state, std::int64_t seconds, const std::optional<Value>& shown) {
    last_.state = state;
    last_.settled_at = at(seconds);
    if (shown) last_.stored = shows(*shown, seconds, {.key = "settle:" + last_.delivery.text});
    join(history, last_);
  }

  Write last_;
  int events_ = 0;
  int deliveries_ = 0;
};

}  // namespace truce::test
