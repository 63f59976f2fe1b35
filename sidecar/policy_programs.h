// The jq programs of a policy, which only truce-jq can judge.
#pragma once

#include <string>

#include "engine/core/normalize/normalize.h"
#include "engine/core/policy/parse_policy.h"

namespace truce {

// Adds an error for every `transform` and `write_transform` that does not compile; `reading` has no
// policy then. `text` is what was read. Says nothing where truce-jq cannot be started.
void check_programs(const std::string& text, Transforms& transforms, PolicyReading& reading);

}  // namespace truce
