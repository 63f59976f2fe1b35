// What a simulation says: a table, the same as JSON, and a plot.
#pragma once

#include <ostream>

#include "sidecar/simulate/run.h"

namespace truce::simulate {

// The shape of the contract: {"preset", "seeds", "edits", "strategies": {NAME: {…}}}.
Json to_json(const Simulation& simulation, const Results& results);
void print_table(std::ostream& out, const Simulation& simulation, const Results& results);

// Minutes that one question of each category takes a person, as assumed (docs/simulate.md).
double minutes_of(const std::map<std::string, std::uint64_t>& asked_by_category);

}  // namespace truce::simulate
