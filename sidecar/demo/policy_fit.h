// Whether a policy is one under which the demo's oracle may judge.
#pragma once

#include <string>

#include "engine/core/model/json.h"

namespace truce::demo {

// Why the policy, as GET /v1/policy gives it, is not the demo's: the first field that stands
// elsewhere or has another rule. Empty: it fits.
std::string why_unfit(const Json& policy);

}  // namespace truce::demo
