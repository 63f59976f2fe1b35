// The parts of explaining one field. Internal to engine/app; records.h is the door.
#pragma once

#include <string>
#include <vector>

#include "engine/app/record_view.h"

namespace truce {

// What was decided as one: the field, or the tuple of its group.
struct Tuple {
  std::vector<FieldName> others;  // of its group
  Time changed_at;                // of the member that was said last, as the rules compare it
  Evidence evidence = Evidence::possible;
};
Tuple tuple_around(const Entity& entity, const FieldName& field, const Survivors& survivors);

// Winner, rule, evidence and losers in one sentence, for people. `decision`: the one on the field
// that counts; null: there is none.
std::string sentence_of(const FieldName& name, const Survivor& survivor, const Tuple& tuple,
                        const Decision* decision);
// What it would take for the value to become another, in sentences.
Json would_change(const Field& field, const Survivor& survivor, const Tuple& tuple,
                  const std::vector<SourceView>& views);
// Per system, what became of our writes of the field and what came back of them, in the order of
// their times: {SYSTEM: {record_id, entries: [{kind: "leased"|"unknown"|"acknowledged"|"echo"|
// "stale"|"queued"|"dead"…, at, …}]}}.
Json echo_trail(const FieldName& name, const Derived& derived,
                const std::vector<Delivery>& deliveries);

}  // namespace truce
