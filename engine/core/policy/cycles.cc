#include "engine/core/policy/cycles.h"

#include <algorithm>

namespace truce::policy_file {
namespace {

enum class Visit { never, on_trail, done };

struct Step {
  std::size_t node;
  std::size_t next_edge = 0;
};

}  // namespace

std::vector<std::vector<std::size_t>> cycles_of(const Graph& graph) {
  std::vector<std::vector<std::size_t>> cycles;
  std::vector<Visit> visits(graph.size(), Visit::never);
  // A trail of its own instead of recursion: the file decides how long it gets.
  std::vector<Step> trail;
  for (std::size_t start = 0; start < graph.size(); ++start) {
    if (visits[start] != Visit::never) continue;
    trail.push_back({start});
    visits[start] = Visit::on_trail;
    while (!trail.empty()) {
      Step& step = trail.back();
      if (step.next_edge == graph[step.node].size()) {
        visits[step.node] = Visit::done;
        trail.pop_back();
        continue;
      }
      const std::size_t target = graph[step.node][step.next_edge++];
      if (visits[target] == Visit::never) {
        visits[target] = Visit::on_trail;
        trail.push_back({target});
      } else if (visits[target] == Visit::on_trail) {
        const auto begin = std::find_if(trail.begin(), trail.end(),
                                        [&](const Step& on_it) { return on_it.node == target; });
        std::vector<std::size_t>& cycle = cycles.emplace_back();
        std::for_each(begin, trail.end(), [&](const Step& on_it) { cycle.push_back(on_it.node); });
      }
    }
  }
  return cycles;
}

}  // namespace truce::policy_file
