// Who may answer a question about several fields at once.
#pragma once

#include <string>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce {

// The roles that may decide every one of the fields; a field that names none is anybody's. Empty:
// none of them names a role, or, which no policy says, they have none in common.
std::vector<std::string> common_roles(const std::vector<const Field*>& fields);

}  // namespace truce
