#pragma once

#include <string>

#include "engine/core/model/ids.h"
#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// A record's id as text, whatever JSON type it came in (151 and "151" are one). `id-invalid` when
// it is empty, longer than 512 bytes, has a space or control character, or is no scalar.
Result<RecordId> read_record_id(const Json& raw);

// The system's own id of another record; of an object (an expanded owner) its `value`, else its
// `id`.
Result<Value> read_reference(const Field& field, const Json& raw);

}  // namespace truce
