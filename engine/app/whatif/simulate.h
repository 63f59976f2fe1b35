// What another policy would make of what is known. Nothing is written.
#pragma once

#include "engine/app/whatif/replay_parts.h"

namespace truce {

struct SimulateOptions {
  LogPart log;
  std::size_t listed_max = 100;  // differences, and questions, in the answer; all are counted
};

// Every record of the log is made twice, under the policy in force and under `next`, of the same
// facts (docs/decisions/replaying-the-log.md), and compared:
//   {policy: {present, next}, log: {events, from, to, unlinked, unreadable, forgotten, complete},
//    records, records_different,
//    fields: {different, by_rule: {RULE of next: n}, by_system: {winner under next: n}},
//    questions: {present, next, saved, added, asked: {present, next},
//                by_rule: {RULE: {saved, added}}, by_system: {SYSTEM: {saved, added}}},
//    refused_values: {present, next}, deliveries: {present: {SYSTEM: n}, next: {SYSTEM: n}},
//    unexplained: records whose stored values are not what the log gives under the policy in force,
//    differences: [{entity, golden_id, field, rule: {present, next}, present, next}],
//    asked: [{change: "saved" or "added", entity, golden_id, category, field, systems, rule}],
//    listed_all}
Result<Json> simulate_policy(const ReplayParts& parts, const PolicyPtr& next,
                             const SimulateOptions& options);

}  // namespace truce
