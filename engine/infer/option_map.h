// What the options of an enum mean in each system.
#pragma once

#include <vector>

#include "engine/infer/field_proposal.h"

namespace truce::infer {

// Fills in the sides' `options`: every option of the sample with its canonical value. Options go
// together that are spelled alike, or that linked records hold at the same time: at least twice and
// in four of five records to be sure. The canonical value is named after the first system's option.
void pair_options(const std::vector<Described>& systems, FieldProposal& field);

}  // namespace truce::infer
