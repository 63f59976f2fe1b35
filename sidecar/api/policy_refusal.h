// A policy that is refused, with what is wrong where.
#pragma once

#include <vector>

#include "engine/core/policy/parse_policy.h"
#include "sidecar/api/call.h"

namespace truce::api {

Json to_json(const std::vector<Finding>& findings);
// The old one keeps running.
tl::unexpected<Failure> refuse_policy(const std::vector<Finding>& findings);

}  // namespace truce::api
