// Whether the facts of a real installation give one state, whatever order they come in.
#pragma once

#include "engine/app/whatif/replay_parts.h"

namespace truce {

struct ConvergeOptions {
  LogPart log;
  std::size_t orders = 5;
  std::uint64_t seed = 1;
  std::size_t listed_max = 100;
};

// Every record of the log is made in the recorded order and in `orders` random ones, some facts
// twice, each in a store of its own, and all of it compared; and with what is stored, where the log
// was read under one policy.
//   {verdict: "converges"|"differs"|"undecided", why, seed,
//    log: {events, from, to, unlinked, unreadable, forgotten, complete}, records, facts,
//    orders: [{order, records_different}], stored: {same, different, undecided},
//    differences: [{order: n or "stored", entity, golden_id, kind, field, rule, recorded, other}]}
// kind: "field", "question", "delivery" or "deleted". At most `listed_max` are listed.
// `undecided`: the log says nothing (any more).
Result<Json> verify_convergence(const ReplayParts& parts, const ConvergeOptions& options);

}  // namespace truce
