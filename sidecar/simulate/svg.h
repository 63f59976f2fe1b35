// The strategies as a picture: for each, the share of field values that are wrong and the rest of
// its faults.
#pragma once

#include <string>

#include "sidecar/simulate/run.h"

namespace truce::simulate {

// A whole SVG document.
std::string plot(const Simulation& simulation, const Results& results);

}  // namespace truce::simulate
