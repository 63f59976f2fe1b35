#include <algorithm>

#include "engine/core/policy/lint.h"

namespace truce::policy_file {
namespace {

constexpr Duration skew_worth_a_warning = Duration::of_ms(600'000);

void lint_ranks(Linting& linting, const Node& systems) {
  std::map<int, std::string> ranked;
  std::vector<std::string> unranked;
  for (const Node& node : systems.children) {
    const System* system = linting.policy.system(SystemName(node.key));
    if (system == nullptr) continue;
    if (node.member("precedence") == nullptr) {
      unranked.push_back(node.key);
      continue;
    }
    const auto [first, is_new] = ranked.emplace(system->precedence, node.key);
    if (is_new) continue;
    linting.findings.warn(Code::policy_conflict, value_of(*node.member("precedence")),
                          in_quotes(node.key) + " ranks the same as " + in_quotes(first->second) +
                              ", so their names break ties between them",
                          "give each system another precedence; 1 ranks highest");
  }
  if (unranked.size() < 2) return;
  linting.findings.warn(Code::policy_missing, key_of(systems),
                        all_of(unranked) + " have no precedence, so their names break ties",
                        "give each system a precedence; 1 ranks highest");
}

bool is_used(const Policy& policy, const SystemName& system) {
  return std::any_of(policy.entities.begin(), policy.entities.end(),
                     [&](const auto& entry) { return takes_part(entry.second, system); });
}

}  // namespace

void lint_systems(Linting& linting, const Node& systems) {
  lint_ranks(linting, systems);
  if (systems.children.size() == 1) {
    linting.findings.warn(Code::policy_missing, key_of(systems),
                          "there is only one system, so there is nothing to keep the same",
                          "add the other systems");
  }
  for (const Node& node : systems.children) {
    const System* system = linting.policy.system(SystemName(node.key));
    if (system == nullptr) continue;
    if (!is_used(linting.policy, system->name)) {
      linting.findings.warn(Code::policy_missing, key_of(node),
                            "no field has a place in " + in_quotes(node.key),
                            "add it to the maps of some fields, or take it away");
    }
    if (system->clock_skew > skew_worth_a_warning) {
      linting.findings.warn(
          Code::policy_value, place_in(node, {"clock_skew_ms"}),
          "with a clock skew of more than ten minutes recency is decided mostly by precedence",
          "correct the clock, or give the skew in milliseconds");
    }
  }
}

}  // namespace truce::policy_file
