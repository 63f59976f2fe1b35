// How likely two columns of two systems are one field, and what says so.
#pragma once

#include <optional>

#include "engine/infer/links.h"

namespace truce::infer {

struct Evidence {
  double name = 0.0;              // 0 to 1
  double type = 0.0;              // compatibility
  std::optional<double> overlap;  // of the values; nothing where they do not compare
  std::size_t compared = 0;       // linked records in which both are filled
  std::size_t agreeing = 0;       // of them, those that hold the same or always go together
  double uniqueness = 0.0;        // 1: both tell records apart equally well
  bool both_filled = false;       // each has a value in the sample
  double score = 0.0;             // 0 to 1
};

inline constexpr double score_paired = 0.62;  // below it nothing is proposed
inline constexpr double score_sure = 0.78;    // below it the proposal is marked

// Names, types, values and uniqueness together. Values count for more the more linked records there
// are; where the samples have no records in common they say nothing. Columns that hold a system's
// own ids of other records (Role::reference) are paired for their values only.
Evidence score(const Described& first, std::size_t a, const Described& second, std::size_t b,
               const Links& links);

}  // namespace truce::infer
