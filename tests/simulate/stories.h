// Stories of a preset, run as the command runs them.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>

#include "sidecar/simulate/report.h"

namespace truce::simulate {

// How many stories a verdict is about: TRUCE_STORIES, else `otherwise`.
inline std::uint64_t stories_or(std::uint64_t otherwise) {
  const char* set = std::getenv("TRUCE_STORIES");
  return set ? std::strtoull(set, nullptr, 10) : otherwise;
}

inline Scenario scenario_of(const std::string& preset) {
  const auto scenario = read_scenario(preset_text(preset));
  REQUIRE(scenario);
  return *scenario;
}

inline Results run_scenario(const Scenario& scenario, std::uint64_t seeds, std::uint64_t from,
                            std::vector<StrategyKind> strategies) {
  const PolicyPtr policy = built_in_policy_of(scenario);
  REQUIRE(policy);
  const auto results = simulate({scenario, policy, seeds, from, std::move(strategies)}, {});
  REQUIRE(results);
  return *results;
}

inline std::string json_of_run(const Scenario& scenario, std::uint64_t seeds, std::uint64_t from,
                               const std::vector<StrategyKind>& strategies) {
  const Results results = run_scenario(scenario, seeds, from, strategies);
  return to_wire(to_json({scenario, nullptr, seeds, from, strategies}, results));
}

}  // namespace truce::simulate
