// What an item of a private field holds instead of a value.
#pragma once

#include "engine/core/model/value.h"

namespace truce {

inline constexpr const char* private_item = "private";  // a member of its detail, true

// Says only whether two values are the same: an empty text whose key is the value's hash.
Value unshown(const Value& value);

}  // namespace truce
