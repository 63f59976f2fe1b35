// The proposal for programs.
#pragma once

#include "engine/core/model/json.h"
#include "engine/infer/proposal.h"

namespace truce::infer {

// {entity, systems: [{system, preset, records, columns, id, modified}], pairs: [{field, type, rule,
// score, unsure, doubt, columns: {SYSTEM: {path, type, filled, uniqueness, loss, options}},
// evidence: [{systems, name, type, overlap, compared, agreeing, uniqueness, score}]}], keys:
// [{fields, proposed, unsure, overlap, systems: {SYSTEM: {blank, duplicate}}}], unmatched: {SYSTEM:
// [{path, type, reason}]}, policy}: `policy` is the file without its comments. Shares are from 0
// to 1.
Json to_json(const Proposal& proposal, const std::string& policy_text);

}  // namespace truce::infer
