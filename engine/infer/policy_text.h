// The proposal as a policy file with comments, to be edited.
#pragma once

#include <string>

#include "engine/infer/proposal.h"

namespace truce::infer {

// JSON with comments. `truce check` finds no error in it; what nobody can know from samples it
// warns of. There must be fields. Every field says in comments what speaks for it, and `UNSURE:`
// where that is little. No value of a record stands in it but the options of enums. `internal`
// should it ever be no policy.
Result<std::string> policy_text(const Proposal& proposal);

}  // namespace truce::infer
