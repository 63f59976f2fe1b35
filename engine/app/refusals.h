// What a target refuses field by field: an owner who is inactive there, one association too many.
// The rest of the record goes out without it. The refused part stays a dead letter, whose write is
// not tried again by itself: it waits for another value, another policy or a person's replay.
// Internal to engine/app.
#pragma once

#include <string>
#include <vector>

#include "engine/app/derive.h"

namespace truce {

// What the target named as the fault was told by a field that the policy in force does not have any
// more: the fields that the delivery still has are not refused.
bool is_about_what_left(const Entity& entity, const Delivery& delivery,
                        const std::vector<std::string>& names);

// Narrows a delivery that is given up to the fields that the target named as the fault, by its own
// names or ours, with the rest of their groups. Unchanged where it named none of them, or a create
// cannot do without them.
void keep_refused_part(const Entity& entity, Delivery& delivery,
                       const std::vector<std::string>& names);

// A delivery that is given up while a refusal of the same system stands is given up as one with it:
// apart, each would be planned again as the rest of the other, for ever.
void take_over_refusal(Context& context, RecordState& state, Delivery& delivery);

// Takes out of what was just planned whatever its target has refused.
void leave_out_refused(const Context& context, RecordState& state, Plan& plan);

// What has arrived is no longer refused, nor is its group. True when nothing of the refusal is
// left.
bool is_lifted_by(const Entity& entity, Delivery& refusal, const Delivery& arrived);

}  // namespace truce
