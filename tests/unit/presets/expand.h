// Payloads written as text, and what the presets make of them.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/presets/presets.h"

namespace truce::presets_test {

inline Json json(std::string_view text) {
  const auto parsed = parse_json(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

// Knows a few names of each system, and says nothing of a payload that does not say it itself.
inline std::optional<EntityName> known_entity(const std::string& object) {
  if (object == "contact" || object == "Contact" || object == "person" || object == "user" ||
      object == "customer" || object == "Lead") {
    return EntityName("contact");
  }
  if (object == "company" || object == "Account" || object == "organization") {
    return EntityName("company");
  }
  if (object == "deal" || object == "Opportunity") return EntityName("deal");
  if (object == "ticket" || object == "Case") return EntityName("ticket");
  return std::nullopt;
}

inline std::vector<Json> expand(std::string_view preset, std::string_view payload,
                                const EntityResolver& entity_of = known_entity,
                                std::optional<Time> history_since = std::nullopt) {
  const auto events =
      expand_payload(preset, SystemName("source"), entity_of, json(payload), history_since);
  if (!events) FAIL("refused: " << events.error().message);
  return *events;
}

inline Json expand_one(std::string_view preset, std::string_view payload,
                       const EntityResolver& entity_of = known_entity) {
  const auto events = expand(preset, payload, entity_of);
  REQUIRE(events.size() == 1);
  return events[0];
}

inline Problem refusal(std::string_view preset, std::string_view payload,
                       const EntityResolver& entity_of = known_entity) {
  const auto events = expand_payload(preset, SystemName("source"), entity_of, json(payload));
  REQUIRE_FALSE(events);
  return events.error();
}

// Two documents that mean the same, whatever the order of keys and the form of numbers.
inline void check_same(const Json& actual, const Json& expected) {
  CHECK(to_canonical(actual) == to_canonical(expected));
}
inline void check_equal(const Json& actual, std::string_view expected) {
  check_same(actual, json(expected));
}

}  // namespace truce::presets_test
