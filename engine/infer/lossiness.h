// What gets lost between two systems, as linked records show it.
#pragma once

#include <vector>

#include "engine/infer/field_proposal.h"

namespace truce::infer {

// Fills in the sides' `loss`: a system that shows everything in lower case, cuts long texts or
// rounds, and types that hold less than the other's (a date of a time, plain text of HTML). A
// rewriting is proposed only when at least two linked records show it and it explains every record
// in which the two differ.
void note_losses(const std::vector<Described>& systems, FieldProposal& field);

}  // namespace truce::infer
