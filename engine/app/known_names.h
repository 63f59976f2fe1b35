// Names of systems and entities that a caller gives: a wrong one is refused with those that there
// are, for what it names would be empty for ever.
#pragma once

#include "engine/core/policy/policy.h"
#include "engine/port/store.h"

namespace truce {

Problem unknown_system(const Policy& policy, const SystemName& name, std::string pointer);
Problem unknown_entity(const Policy& policy, const EntityName& name, std::string pointer);

// Of what only narrows a question: the names of a system and an entity that left the policy are
// right as long as records of them are stored. Empty ones are right.
Result<void> check_asked(ReadView& store, const Policy& policy, const SystemName& system,
                         const EntityName& entity);

}  // namespace truce
