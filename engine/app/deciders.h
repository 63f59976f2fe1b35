// Who may decide about a field: `decide: {roles}` of the policy.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/error.h"

namespace truce {

// `deciders`: the field's; empty: anybody. `roles`: the caller's; empty: whoever has the database
// itself, and may do everything. `not-allowed` names who may.
Result<void> check_decides(const std::vector<std::string>& deciders,
                           const std::vector<std::string>& roles);

}  // namespace truce
