// stories PRESET SEEDS FROM: what both loops of Truce make of each of these stories, as one JSON
// list. The other strategies, which no mutant touches, are left out.
#include <cstdlib>
#include <iostream>

#include "sidecar/simulate/report.h"

int main(int count, char** words) {
  using namespace truce::simulate;
  if (count != 4) {
    std::cerr << "usage: stories PRESET SEEDS FROM\n";
    return 2;
  }
  const auto scenario = read_scenario(preset_text(words[1]));
  if (!scenario) {
    std::cerr << scenario.error().message << '\n';
    return 2;
  }
  const truce::PolicyPtr policy = built_in_policy_of(*scenario);
  const std::uint64_t seeds = std::strtoull(words[2], nullptr, 10);
  const std::uint64_t from = std::strtoull(words[3], nullptr, 10);
  truce::Json stories = truce::Json::array();
  for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
    const Simulation story{*scenario, policy, 1, seed, {StrategyKind::truce}};
    const auto results = simulate(story, {});
    if (!results) {
      std::cerr << results.error().message << '\n';
      return 2;
    }
    stories.push_back(to_json(story, *results)["strategies"]["truce"]);
  }
  std::cout << truce::to_wire(stories) << '\n';
  return 0;
}
