// One field of the proposed policy, with its comments.
#pragma once

#include "engine/infer/commented_json.h"
#include "engine/infer/proposal.h"

namespace truce::infer {

void write_field(CommentedJson& out, const Proposal& proposal, const FieldProposal& field);

}  // namespace truce::infer
