// An office that works: people edit, the network repeats and reorders, writes are leased, settled,
// failed and echoed. It may also lose events for good, and have targets that do not keep their
// word.
#pragma once

#include <iostream>

#include "engine/core/normalize/normalize.h"
#include "tests/property/random_office.h"

namespace truce::test {

inline void expect(bool holds, const std::string& otherwise) {
  if (!holds) RC_FAIL(otherwise);
}

struct BusyOffice {
  BusyOffice(Chance& its_chance, std::size_t system_count, const Json& policy_json)
      : chance(its_chance),
        systems(system_count),
        rules(policy_json["entities"]["contact"]),
        world(policy_of(to_wire(policy_json))),
        records(system_count) {
    for (std::size_t i = 0; i < systems; ++i) {
      const auto skew = policy_json["systems"][system_name(i)]["clock_skew_ms"].get<std::size_t>();
      clock_error.push_back(static_cast<std::int64_t>(chance.below(2 * skew + 1)) -
                            static_cast<std::int64_t>(skew));
    }
  }

  // By this system's clock.
  std::int64_t now_ms(std::size_t system) const {
    return world.now.us / 1000 + clock_error[system];
  }

  // The whole record as this system shows it, with the record's own time.
  Json event_of(std::size_t system, const std::vector<std::string>& changed) {
    Json event{{"system", system_name(system)}, {"entity", "contact"}, {"record", records[system]}};
    if (!changed.empty()) event["changed"] = changed;
    return event;
  }

  // Only these fields of the record, with what names and dates it.
  Json part_of(std::size_t system, const std::vector<std::string>& names) const {
    const Json& record = records[system];
    Json part{{"id", record["id"]}, {"at", record["at"]}};
    for (const std::string& name : names) part[name] = record[name];
    return part;
  }

  // As this system keeps what is put into it.
  Json kept(std::size_t system, const std::string& name, const Json& value) const {
    return lowered_in(rules["fields"][name], system) ? lowered(value) : value;
  }

  void open() {
    for (std::size_t i = 0; i < systems; ++i) {
      world.advance(10);
      Json& record = records[i];
      record["id"] = "r" + std::to_string(i);
      record["key"] = "K";
      for (const auto& [name, field] : rules["fields"].items()) {
        if (name == "key") continue;
        record[name] = kept(i, name, random_value(chance, field));
        note_word(i, name, record[name]);
      }
      record["at"] = now_ms(i);
      // Links are given: each system's record is known before the work begins.
      answer(world.send(event_of(i, {}), false));
    }
  }

  void note_word(std::size_t system, const std::string& name, const Json& value) {
    const std::string direction = rules["fields"][name]
                                      .value("direction", Json::object())
                                      .value(system_name(system), std::string("both"));
    if (direction == "out" || direction == "none") return;
    if (value.is_array()) {
      for (const Json& element : value) words[name].insert(element.get<std::string>());
    } else if (!value.is_null()) {
      words[name].insert(value.get<std::string>());
    }
  }

  void answer(const Json& outcome) {
    expect(outcome["outcome"] != "rejected", to_wire(outcome));
    receipts[outcome["event_key"]] = outcome["audit_seq"].is_number() ? 1 : 0;
    for (const Json& delivery : outcome["deliveries"]) flying.push_back(delivery);
  }

  void edit() {
    const std::size_t system = chance.below(systems);
    Json& record = records[system];
    if (record.is_null()) return;
    world.advance(1 + static_cast<std::int64_t>(chance.below(40)));
    std::vector<std::string> changed;
    for (const auto& [name, field] : rules["fields"].items()) {
      if (name == "key" || !chance.one_in(4)) continue;
      Json value = kept(system, name, random_value(chance, field));
      if (value == record[name]) continue;
      record[name] = value;
      note_word(system, name, value);
      changed.push_back(name);
    }
    if (changed.empty()) return;
    record["at"] = now_ms(system);
    Json event = event_of(system, chance.one_in(2) ? changed : std::vector<std::string>{});
    if (chance.one_in(4)) event["record"] = part_of(system, changed);
    waiting.push_back(std::move(event));
  }

  void deliver_event() {
    if (waiting.empty()) return;
    const std::size_t i = chance.below(waiting.size());
    const Json event = waiting[i];
    if (loses_events && chance.one_in(3)) {
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      ++lost;
      return;
    }
    sent.push_back(event);
    if (!chance.one_in(5)) waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    answer(world.send(event, chance.one_in(2)));
  }

  void claim() {
    for (const Json& delivery : world.claim_all()) flying.push_back(delivery);
  }

  void settle() {
    if (flying.empty()) return;
    const std::size_t i = chance.below(flying.size());
    const Json delivery = flying[i];
    flying.erase(flying.begin() + static_cast<std::ptrdiff_t>(i));
    world.advance(1 + static_cast<std::int64_t>(chance.below(20)));
    const auto system = static_cast<std::size_t>(delivery["system"].get<std::string>()[1] - '0');
    if (delivery["op"] == "lookup") return look_up(system, delivery);
    RC_ASSERT(delivery["op"] == "update");
    check_direction(system, delivery);
    const std::size_t fate = quiet ? 99 : chance.below(24);
    if (fate < 4) return fail(delivery);
    const bool lies = breaks_promises && fate == 8;
    const bool arrives = fate != 4 && fate != 6 && !lies;
    if (arrives) apply(system, delivery);
    const Json stored = chance.one_in(2) ? records[system] : part_of(system, names_in(delivery));
    if (!quiet && chance.one_in(3)) edit();
    if (!quiet && chance.one_in(3)) deliver_event();
    world.advance(1 + static_cast<std::int64_t>(chance.below(5)));
    // 4, 5: sent, no answer. 6, 7: the workflow died, and its lease runs out.
    if (fate == 4 || fate == 5) return tell(delivery, {{"status", "unknown"}}, "verifying");
    if (fate == 6 || fate == 7) return;
    Json result{{"status", "delivered"}};
    if (lies) return tell(delivery, std::move(result), "delivered");
    // Not at all, with the answer to the write, or read back.
    if (chance.one_in(3)) {
      result["record"] = stored;
    } else if (chance.one_in(2)) {
      result["record"] = records[system];
    }
    tell(delivery, std::move(result), "delivered");
  }

  static std::vector<std::string> names_in(const Json& delivery) {
    std::vector<std::string> names;
    for (const auto& [name, value] : delivery["fields"].items()) names.push_back(name);
    return names;
  }

  void fail(const Json& delivery) {
    const Json settled = world.settle_one({{"id", delivery["id"]},
                                           {"attempt", delivery["attempt"]},
                                           {"status", "failed"},
                                           {"error", {{"class", "transient"}}}});
    RC_ASSERT(!settled.contains("error"));
  }

  void tell(const Json& delivery, Json result, const std::string& state) {
    result["id"] = delivery["id"];
    result["attempt"] = delivery["attempt"];
    const Json settled = world.settle_one(result);
    expect(settled.value("state", "") == state, to_wire(settled));
  }

  void look_up(std::size_t system, const Json& delivery) {
    const Json settled = world.settle_one({{"id", delivery["id"]},
                                           {"attempt", delivery["attempt"]},
                                           {"status", "found"},
                                           {"record", records[system]}});
    // A record that is older than a write which the target said it took is looked at again.
    const std::string state = settled.value("state", "");
    expect(state == "delivered" || (state == "verifying" && breaks_promises), to_wire(settled));
  }

  void apply(std::size_t system, const Json& delivery) {
    bool echoes = false;
    for (const auto& [name, value] : delivery["fields"].items()) {
      const Json held = kept(system, name, value);
      echoes |= records[system][name] != held;
      records[system][name] = held;
    }
    records[system]["at"] = now_ms(system);
    // The system tells of our write like of any other, sometimes before we hear that it took it.
    if (echoes) waiting.push_back(event_of(system, {}));
    ++writes;
  }

  void check_direction(std::size_t system, const Json& delivery) {
    for (const auto& [name, value] : delivery["fields"].items()) {
      const std::string direction = rules["fields"][name]
                                        .value("direction", Json::object())
                                        .value(system_name(system), std::string("both"));
      expect(direction == "both" || direction == "out",
             "property 3: a write against direction of " + name);
    }
  }

  void work(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      switch (chance.below(5)) {
        case 0:
          edit();
          break;
        case 1:
          deliver_event();
          break;
        case 2:
          claim();
          break;
        default:
          settle();
          break;
      }
    }
  }

  // Nobody edits any more; everything that is on its way arrives.
  bool settle_down() {
    quiet = true;
    for (int round = 0; round < 60; ++round) {
      claimed_last = flying;
      while (!flying.empty()) settle();
      while (!waiting.empty()) deliver_event();
      if (!flying.empty()) continue;
      // Past every backoff; nothing is leased now, so no lease is lost.
      world.advance(4'000'000);
      world.sweep_all();
      claim();
      if (flying.empty()) {
        claimed_last.clear();
        return true;
      }
    }
    return false;
  }

  Chance& chance;
  std::size_t systems;
  Json rules;
  World world;
  std::vector<Json> records;
  std::vector<std::int64_t> clock_error;
  std::map<std::string, std::set<std::string>> words;  // by field: what people said
  std::vector<Json> waiting, sent, flying, claimed_last;
  std::map<std::string, int> receipts;
  int writes = 0, lost = 0;
  bool quiet = false;
  bool loses_events = false;
  bool breaks_promises = false;  // a target says that it took a write, and did not
};

inline bool is_open(World& world, const std::string& field) {
  for (const ExceptionItem& item : world.open_items()) {
    if (item.field.text == field) return true;
    const Json* members = find_member(item.detail, "group");
    for (const Json& member : members ? *members : Json::array()) {
      if (member == field) return true;
    }
  }
  return false;
}

inline std::string comparable(const Json& value) {
  if (value.is_null() || (value.is_array() && value.empty())) return "null";
  if (!value.is_array()) {
    const auto decimal = normal_decimal(scalar_text(value).value_or(""));
    return decimal.value_or(scalar_text(value).value_or(""));
  }
  std::set<std::string> elements;
  for (const Json& element : value) elements.insert(element.get<std::string>());
  std::string all;
  for (const std::string& element : elements) all += element + ';';
  return all;
}

inline void check_agreement(BusyOffice& office, const std::string& golden) {
  const Json shown = office.world.record(golden);
  for (const auto& [name, field] : office.rules["fields"].items()) {
    if (!shown["record"].contains(name)) continue;
    const Json value = shown["record"][name];
    if (is_open(office.world, name)) continue;
    for (std::size_t i = 0; i < office.systems; ++i) {
      const std::string direction =
          field.value("direction", Json::object()).value(system_name(i), std::string("both"));
      if (direction != "both" && direction != "out") continue;
      if (comparable(office.records[i][name]) == comparable(office.kept(i, name, value))) continue;
      RC_FAIL("property 2: " + name + " in " + system_name(i) + " is " +
              to_wire(office.records[i][name]) + " under " + to_wire(field) + '\n' +
              to_wire(office.world.explained(golden, name)));
    }
    if (value.is_null() || name == "key") continue;
    for (const Json& element : value.is_array() ? value : Json::array({value})) {
      bool said = false;
      for (const std::string& word : office.words[name]) {
        said |= comparable(Json(word)) == comparable(element);
        // Where a target breaks its word, its form of a value that we wrote passes for its own.
        said |= office.breaks_promises && comparable(lowered(Json(word))) == comparable(element);
      }
      expect(said, "property 3: an invented value of " + name + ": " + to_wire(value));
    }
  }
}

}  // namespace truce::test
