// Random policies and a random office: systems that hold records, people who edit them, a network
// that repeats and reorders.
#pragma once

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/app/world.h"

namespace truce::test {

// How many schedules a property runs: TRUCE_SCHEDULES, else 10,000 at night and 500 otherwise.
inline int schedules() {
  if (const char* set = std::getenv("TRUCE_SCHEDULES")) return std::atoi(set);
  return std::getenv("TRUCE_NIGHTLY") ? 10'000 : 500;
}
// rapidcheck's seed: TRUCE_SEED, else fresh at night and 1 otherwise. It is printed before the first
// schedule. A failure prints the choices that it was cut down to, which may take hours; at night, or
// with TRUCE_NO_SHRINKING set, all of them at once.
inline std::uint64_t seed() {
  if (const char* set = std::getenv("TRUCE_SEED")) return std::strtoull(set, nullptr, 10);
  return std::getenv("TRUCE_NIGHTLY") ? std::random_device{}() : 1;
}

// Everything that happens in a schedule follows from a list of choices, so that rapidcheck can cut
// a failing schedule down by cutting the list.
class Chance {
 public:
  using Choices = std::vector<std::uint32_t>;
  static constexpr std::size_t choices_max = 2000;
  static constexpr std::uint32_t choice_max = 1 << 16;

  explicit Chance(Choices choices) : choices_(std::move(choices)) {}

  // Behind the end of the list: the last, so that one_in() is false and every loop ends.
  std::size_t below(std::size_t n) {
    return next_ < choices_.size() ? choices_[next_++] % n : n - 1;
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& all) {
    return all[below(all.size())];
  }
  template <class T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
  }

 private:
  Choices choices_;
  std::size_t next_ = 0;
};

// Runs `property`, which takes a Chance and states what must hold by RC_ASSERT.
template <class Property>
void holds(const std::string& name, Property property) {
  rc::detail::TestParams params;
  params.maxSuccess = schedules();
  params.seed = seed();
  params.disableShrinking = std::getenv("TRUCE_NO_SHRINKING") || std::getenv("TRUCE_NIGHTLY");
  std::cout << name << ": seed " << params.seed << ", " << params.maxSuccess << " schedules"
            << std::endl;
  const auto result = rc::detail::checkTestable(
      [&] {
        const auto length = *rc::gen::inRange<std::size_t>(0, Chance::choices_max);
        property(Chance(*rc::gen::container<Chance::Choices>(
            length, rc::gen::inRange<std::uint32_t>(0, Chance::choice_max))));
      },
      rc::detail::TestMetadata{name, name}, params);
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  std::cout << name << ": " << message.str() << std::endl;
  INFO(message.str());
  CHECK(result.template is<rc::detail::SuccessResult>());
}

inline std::string system_name(std::size_t i) { return std::string("s") + std::to_string(i); }

// Every rule with every modifier; `systems` of them, with distinct precedence and some skew.
inline Json random_policy(Chance& chance, std::size_t systems) {
  Json policy{{"version", 1}};
  for (std::size_t i = 0; i < systems; ++i) {
    policy["systems"][system_name(i)] = {
        {"precedence", i + 1},
        {"clock_skew_ms", chance.one_in(3) ? chance.below(60) : chance.below(3)},
        {"lease_ms", 600000},
        {"history_wait_ms", chance.one_in(3) ? 50 : 0}};
  }
  Json entity;
  for (std::size_t i = 0; i < systems; ++i) {
    entity["id"][system_name(i)] = "id";
    entity["modified"][system_name(i)] = "at";
    entity["create_in"].push_back(system_name(i));
  }
  entity["match"] = Json::array({Json::array({"key"})});
  entity["delete"] = chance.pick<std::string>({"escalate", "propagate", "ignore", "restore"});
  entity["breaker"] = {{"flips", 1000}, {"window", "1h"}};
  Json map;
  for (std::size_t i = 0; i < systems; ++i) map[system_name(i)] = "key";
  entity["fields"]["key"] = {{"type", "text"}, {"rule", "precedence"}, {"map", map}};
  const std::vector<std::string> rules{"source_of_truth", "recency",    "union", "escalate",
                                       "immutable",       "precedence", "min",   "max"};
  for (const std::string& rule : rules) {
    Json field{{"rule", rule}};
    const std::string name = "f_" + rule;
    field["type"] = rule == "union" ? "set" : rule == "min" || rule == "max" ? "decimal" : "text";
    field["blank"] = chance.pick<std::string>({"keep", "clear"});
    if (rule == "source_of_truth") {
      field["source"] = system_name(chance.below(systems));
      field["unless_blank"] = chance.one_in(2);
      if (chance.one_in(4)) field["immutable"] = true;
    }
    if (rule == "recency") field["on_tie"] = chance.pick<std::string>({"precedence", "escalate"});
    if (rule == "union") {
      field["removals"] = chance.pick<std::string>({"ignore", "propagate", "escalate"});
    }
    if (rule == "escalate") field["when"] = chance.pick<std::string>({"any", "concurrent"});
    const std::size_t read_always = chance.below(systems);
    for (std::size_t i = 0; i < systems; ++i) {
      const std::string system = system_name(i);
      field["map"][system] = name;
      if (field["type"] != "decimal" && chance.one_in(6)) {
        field["map"][system] = {{"path", name}, {"lossy", {"lower"}}};
      }
      const bool is_source = rule == "source_of_truth" && field["source"] == system;
      if (!is_source && i != read_always && chance.one_in(4)) {
        field["direction"][system] = chance.pick<std::string>({"in", "out", "none"});
      }
    }
    entity["fields"][name] = std::move(field);
  }
  const bool grouped = chance.one_in(2);
  if (grouped) {
    const std::string rule = chance.pick<std::string>({"recency", "escalate"});
    for (const char* name : {"g_amount", "g_currency"}) {
      Json field{{"type", "text"}, {"rule", rule}, {"group", "price"}};
      for (std::size_t i = 0; i < systems; ++i) field["map"][system_name(i)] = name;
      entity["fields"][name] = std::move(field);
    }
  }
  policy["entities"]["contact"] = std::move(entity);
  return policy;
}

inline bool lowered_in(const Json& field, std::size_t system) {
  return field["map"][system_name(system)].is_object();
}
inline Json lowered(const Json& value) {
  if (value.is_null()) return value;
  std::string text = value.is_array() ? "" : value.get<std::string>();
  for (char& letter : text) letter = static_cast<char>(std::tolower(letter));
  if (!value.is_array()) return text;
  Json elements = Json::array();
  for (const Json& element : value) elements.push_back(lowered(element));
  return elements;
}

inline Json random_value(Chance& chance, const Json& field) {
  if (chance.one_in(8)) return nullptr;
  const std::string type = field["type"];
  if (type == "decimal")
    return std::to_string(chance.below(5)) + "." + std::to_string(chance.below(3));
  if (type != "set") return std::string(1, static_cast<char>('A' + chance.below(4)));
  Json set = Json::array();
  for (const char* element : {"x", "Y", "z"}) {
    if (chance.one_in(2)) set.push_back(element);
  }
  return set;
}

}  // namespace truce::test
