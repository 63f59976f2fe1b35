// The policy of the presets: every rule, for two to four systems that each keep records in a manner
// of their own.
#pragma once

#include <string>

#include "sidecar/simulate/scenario.h"

namespace truce::simulate {

// A policy file. The clocks' errors and the reads' lag are those of the scenario: a policy says
// what is known of its systems.
std::string built_in_policy(const Scenario& scenario);

}  // namespace truce::simulate
