// The match keys of a staged record. Internal to this folder.
#pragma once

#include <map>
#include <vector>

#include "engine/core/identity/link.h"
#include "engine/port/store.h"

namespace truce {

// As the crosswalk knows them: a reference counts as the golden record that it leads to, and as
// blank while it leads to none.
std::vector<TierKeys> staged_keys(ReadView& store, const Entity& entity, const SystemName& system,
                                  std::map<FieldName, Value> fields);

// The first tier of which there is a key; as many as there are tiers where there is none.
std::size_t first_tier(const std::vector<TierKeys>& keys);

}  // namespace truce
