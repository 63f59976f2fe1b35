// From a recorded payload, through one of our own policies, to canonical records.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/normalize/normalize.h"
#include "engine/core/policy/parse_policy.h"
#include "engine/presets/presets.h"
#include "tests/payloads/recorded.h"

namespace truce::payloads_test {

std::string policy_text(const std::string& file);
// Fails the test when the policy has an error.
PolicyPtr policy(const std::string& file);

// What the preset makes of the payload, for the policy's own entities.
std::vector<Json> events_of(const Policy& policy, const std::string& system,
                            std::string_view preset, const Json& payload,
                            std::optional<EntityName> said_by_caller = std::nullopt);

// One event's record in canonical form, as the API would show it, and what was refused of it as
// "field: code".
struct Canonical {
  Json fields = Json::object();
  std::vector<std::string> problems;
  std::string modified;
};
Canonical canonical(const Policy& policy, const Json& event);

// Every field there is, and nothing refused.
void check_fields(const Canonical& actual, const Json& expected);
// The members of an event that are not its record.
void check_event(const Json& actual, const Json& expected);

}  // namespace truce::payloads_test
