// Runs stories: one seed, one script, every strategy in a world of its own.
#pragma once

#include <functional>

#include "sidecar/simulate/oracle.h"

namespace truce::simulate {

// Over all seeds.
struct Totals {
  std::uint64_t fields_total = 0, wrong_fields = 0, lost_edits = 0, duplicates = 0,
                named_duplicates = 0, loops = 0, wrong_deletes = 0, open_questions = 0, asked = 0,
                acts = 0, void_acts = 0, writes = 0;
  std::map<std::string, std::uint64_t> asked_by_category;
  std::map<std::string, std::uint64_t> faults;
  std::vector<double> convergence_s;
  std::vector<std::string> findings;  // the first of them, each behind its seed

  double writes_per_edit() const;
  double convergence_mean_s() const;
  double convergence_at_s(double share) const;  // 0.5: the median
};

struct Simulation {
  Scenario scenario;
  PolicyPtr policy;
  std::uint64_t seeds = 0;
  std::uint64_t seed_from = 1;
  std::vector<StrategyKind> strategies;
};

struct Results {
  std::uint64_t edits = 0;  // in all stories
  std::map<StrategyKind, Totals> by_strategy;
  std::vector<std::string> left_out;  // of the policy
};

// `progress` is told after each seed how many are through; may be empty.
Result<Results> simulate(const Simulation& simulation,
                         const std::function<void(std::uint64_t)>& progress);

// The built-in policy of a scenario, parsed.
PolicyPtr built_in_policy_of(const Scenario& scenario);
std::vector<StrategyKind> all_strategies();

}  // namespace truce::simulate
