// Which fields tell that two systems' records are one, and how well they do.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/infer/field_proposal.h"

namespace truce::infer {

struct KeySide {
  double blank = 0.0;      // share of the records that lack one of its fields
  double duplicate = 0.0;  // share of the filled records whose key another record has too
};

struct MatchKey {
  std::vector<std::string> fields;
  std::map<std::size_t, KeySide> sides;  // by system; those that have all its fields
  double overlap = 0.0;                  // share of the smaller side's keys that the other has too
  bool is_proposed = false;
  bool is_sure = false;
};

// Every key that is worth a look, the best first; those that are proposed before the others, at
// most three. Proposed is what in at least two systems few records share and a tenth of them have;
// sure is what is so in every system and has values that two of the samples share.
std::vector<MatchKey> match_keys(const std::vector<Described>& systems,
                                 const std::vector<FieldProposal>& fields);

}  // namespace truce::infer
