#include "engine/presets/entity_resolver.h"

#include "engine/presets/vendor_event.h"

namespace truce {

namespace {

bool claims(const Entity& entity, const SystemName& system, const std::string& vendor_object) {
  const auto names = entity.objects.find(system);
  if (names == entity.objects.end()) return false;
  for (const auto& name : names->second) {
    if (vendor::lower_case(name) == vendor::lower_case(vendor_object)) return true;
  }
  return false;
}

}  // namespace

EntityResolver entity_resolver(const Policy& policy, const SystemName& system,
                               std::optional<EntityName> said_by_caller) {
  return [&policy, system, said_by_caller](const std::string& object) -> std::optional<EntityName> {
    if (object.empty()) return said_by_caller;
    for (const auto& [name, entity] : policy.entities) {
      if (claims(entity, system, object)) return name;
    }
    const EntityName same_name(vendor::lower_case(object));
    if (policy.entities.contains(same_name)) return same_name;
    return std::nullopt;
  };
}

}  // namespace truce
