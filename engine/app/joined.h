// What refers to a golden record that was joined into another:
// docs/decisions/references-to-joined-records.md.
#pragma once

#include "engine/app/context.h"
#include "engine/core/plan/plan.h"

namespace truce {

// The golden record that it stands for now; itself, unless it was joined into another.
GoldenId survivor_of(ReadView& store, const GoldenId& golden);
// The golden record to which a reference to this source record leads.
GoldenId referred_to(ReadView& store, const SourceRecord& parent);
// See PlanContext::held_reference; what is no reference to a joined record is given as it is.
Value held_reference(ReadView& store, const SystemName& system, const Field& field,
                     const Value& held);
// Its records are recognised by what they refer to, too.
bool is_known_by_references(const Entity& entity);
// Tells the plan what became of the records that are referred to.
void tell_of_joins(PlanContext& plan, ReadView& store);

// What refers to this golden record is derived again by the sweep, for it was joined with another.
void follow_later(Context& context, const GoldenId& golden);
// The next piece of that, if there is one. True when there is more to do at once.
bool follow_on(Context& context);

}  // namespace truce
