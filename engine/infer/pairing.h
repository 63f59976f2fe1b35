// Which columns of the systems are one field: at most one a system, each column in one field.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/infer/score.h"

namespace truce::infer {

struct SystemPair {
  std::size_t first = 0;  // positions among the systems
  std::size_t second = 0;
  Links links;
};

struct PairedColumns {
  SystemPair const* systems = nullptr;
  Evidence evidence;
};

// One proposed field.
struct FieldPairing {
  std::map<std::size_t, std::size_t> columns;  // system -> column
  std::vector<PairedColumns> pairs;            // of every two of them
  double score = 0.0;                          // the least of the pairs

  bool is_sure() const;
};

// Every two systems with the records that they have in common.
std::vector<SystemPair> pair_systems(const std::vector<Described>& systems);

// The best first; at equal scores in the order of systems and paths, so that the same samples
// always give the same fields. At most fields_max.
std::vector<FieldPairing> pair_columns(const std::vector<Described>& systems,
                                       const std::vector<SystemPair>& pairs);

}  // namespace truce::infer
