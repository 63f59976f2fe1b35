// References to golden records that were joined into others. The histories keep them as they were
// told; they are read as the records that they stand for now, so that a field is decided as if the
// records had been one from the beginning.
#pragma once

#include <functional>
#include <vector>

#include "engine/core/survive/survive.h"

namespace truce {

// The golden record that this one stands for now: itself, unless it was joined into another.
using SurvivorOf = std::function<GoldenId(const GoldenId&)>;

// Replaces those readings in which a reference means another record now. `survivor_of` empty: none
// does.
void read_as_joined(std::vector<SourceView>& views, const SurvivorOf& survivor_of);
// The same of what was decided.
std::vector<Decision> decisions_as_joined(const Entity& entity,
                                          const std::vector<Decision>& decisions,
                                          const SurvivorOf& survivor_of);

}  // namespace truce
