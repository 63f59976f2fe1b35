// The usual EntityResolver: what the policy says about a system's own names.
#pragma once

#include <optional>

#include "engine/core/policy/policy.h"
#include "engine/presets/presets.h"

namespace truce {

// An entity's `objects: {SYSTEM: [names]}` first; then the entity whose name is the vendor's in
// lower case ("Contact" -> contact). `said_by_caller` answers where a payload does not say what it
// holds. The policy must outlive the resolver. Of two entities that claim one name the first by
// name wins.
EntityResolver entity_resolver(const Policy& policy, const SystemName& system,
                               std::optional<EntityName> said_by_caller = std::nullopt);

}  // namespace truce
