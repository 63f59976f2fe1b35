// Circles in a directed graph.
#pragma once

#include <cstddef>
#include <vector>

namespace truce::policy_file {

// graph[n] lists the nodes that n leads to.
using Graph = std::vector<std::vector<std::size_t>>;

// Each circle as its nodes in order, found by one walk: at least one of every group of nodes that
// can reach each other, not all there are.
std::vector<std::vector<std::size_t>> cycles_of(const Graph& graph);

}  // namespace truce::policy_file
