// What the audit trail says of a record after it was derived: where its values still have to be
// written. From this alone the time is found until systems agree (core/audit/agreement_meter.h).
#pragma once

#include "engine/app/derive.h"

namespace truce {

// {"desk": ["amount", "name"]}: by system, the fields of deliveries that are not settled, dead
// letters too; not of those that a person threw away.
Json to_write(const RecordState& state);
// Fields that wait for a person, in their order: contested ones, and frozen ones.
Json held_fields(const RecordState& state);

// Puts `to_write` and, where there are any, `held` and the plan's `changes` into an entry's body.
void put_derivation(Context& context, const RecordState& state, const Plan& plan, Json& body);

}  // namespace truce
