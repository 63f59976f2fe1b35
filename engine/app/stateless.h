// Function and normalize without memory: nothing is stored, nothing is read.
#pragma once

#include "engine/app/context.h"

namespace truce {

Result<Json> normalize_once(const Policy& policy, Transforms* transforms, const Json& body);
Result<Json> resolve_once(const Policy& policy, Transforms* transforms, const Json& body);

}  // namespace truce
