#pragma once

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// true, "true", "yes", "y", "on", "1", 1 and their opposites ("false", "no", "n", "off", "0", 0),
// in any case; the entry's `values` come first ({"Active": "true"}). Anything else is
// `type-mismatch`.
Result<Value> read_boolean(const Field& field, const MapEntry& entry, const Json& raw);

// JSON true or false, or the least of the entry's `values` that means it.
Json written_boolean(const MapEntry& entry, const Value& value);

}  // namespace truce
