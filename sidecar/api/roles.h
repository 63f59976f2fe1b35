// Which of the policy's roles a caller has.
#pragma once

#include <string>
#include <vector>

#include "engine/core/policy/policy.h"
#include "sidecar/http/request.h"

namespace truce::api {

// A token has the role of its own name ("sales_lead"). The one token of an installation that has no
// other, "default", has every role that the policy names.
std::vector<std::string> roles_of(const HttpRequest& request, const Policy& policy);

}  // namespace truce::api
