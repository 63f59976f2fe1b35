#include "tests/payloads/materials.h"

#include <catch2/catch.hpp>

#include "engine/presets/entity_resolver.h"

namespace truce::payloads_test {

std::string policy_text(const std::string& file) {
  return text_of_file(std::string(TRUCE_SOURCE_DIR) + "/workflows/policies/" + file);
}

PolicyPtr policy(const std::string& file) {
  auto reading = parse_policy(policy_text(file));
  REQUIRE(reading.policy != nullptr);
  return reading.policy;
}

std::vector<Json> events_of(const Policy& policy, const std::string& system,
                            std::string_view preset, const Json& payload,
                            std::optional<EntityName> said_by_caller) {
  const SystemName name(system);
  auto events =
      expand_payload(preset, name, entity_resolver(policy, name, said_by_caller), payload);
  if (!events) FAIL(preset << " refused its payload: " << events.error().message);
  return *events;
}

Canonical canonical(const Policy& policy, const Json& event) {
  const Entity* entity = policy.entity(EntityName(event["entity"].get<std::string>()));
  INFO(to_wire(event));
  REQUIRE(entity != nullptr);
  REQUIRE(event.contains("record"));
  const auto record = normalize_record(
      policy, *entity, SystemName(event["system"].get<std::string>()), event["record"], nullptr);
  Canonical result;
  for (const auto& [name, value] : record.fields) result.fields[name.text] = to_json(value);
  for (const auto& problem : record.problems) {
    result.problems.push_back(problem.field.text + ": " + std::string(to_string(problem.code)));
  }
  if (record.modified) result.modified = to_rfc3339(*record.modified);
  return result;
}

void check_fields(const Canonical& actual, const Json& expected) {
  CHECK(actual.problems == std::vector<std::string>{});
  CHECK(to_canonical(actual.fields) == to_canonical(expected));
}

void check_event(const Json& actual, const Json& expected) {
  Json without_record = actual;
  without_record.erase("record");
  CHECK(to_canonical(without_record) == to_canonical(expected));
}

}  // namespace truce::payloads_test
