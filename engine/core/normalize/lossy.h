#pragma once

#include "engine/core/policy/policy.h"

namespace truce {

// Whether the system keeps less than it is given: known rewriting, a length, a coarser time format,
// or a stand-in that a real value may look like.
bool rewrites(const Field& field, const MapEntry& entry);

// The system's form of a value after its rewriting: the entry's `lossy` in order, then max_length
// in code points. Elements of arrays one by one, of objects in arrays their `element`.
Json rewritten(const MapEntry& entry, Json form);

}  // namespace truce
