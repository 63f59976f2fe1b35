// What is wrong where in a policy: that is refused, or that came into force.
#pragma once

#include <vector>

#include "engine/core/policy/parse_policy.h"
#include "sidecar/api/call.h"

namespace truce::api {

Json to_json(const std::vector<Finding>& findings);
// The old one keeps running.
tl::unexpected<Failure> refuse_policy(const std::vector<Finding>& findings);
// What adopt_policy() found, one log line; nothing where it found nothing.
void log_adopted(const Json& adopted);

}  // namespace truce::api
