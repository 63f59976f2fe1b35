// What a simulation says: a table, the same as JSON, and what the questions cost.
#pragma once

#include <ostream>

#include "sidecar/simulate/run.h"

namespace truce::simulate {

// The shape of the contract: {"preset", "seeds", "edits", "strategies": {NAME: {…}}}.
Json to_json(const Simulation& simulation, const Results& results);
void print_table(std::ostream& out, const Simulation& simulation, const Results& results);
// At most `limit` of a strategy's faults, each with the seed that shows it again.
void print_findings(std::ostream& out, StrategyKind kind, const Totals& totals, std::size_t limit);

// What answering takes, at the handling times of docs/simulate.md.
struct OperatorTime {
  double questions_per_1000_edits = 0;
  double minutes_per_1000_edits = 0;
  double hours_a_week = 0;  // at `edits_a_week`
  static constexpr double edits_a_week = 5'000;
};
OperatorTime operator_time_of(const Totals& totals);

}  // namespace truce::simulate
