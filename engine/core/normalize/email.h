#pragma once

#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// One bare address of at most 320 bytes with a dotted domain: no display name, no quoted local
// part, no space or control character inside. Shown as it was typed; compared without case. Plus
// tags count.
Result<Value> read_email(const Field& field, std::string_view text);

}  // namespace truce
