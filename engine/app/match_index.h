// The index of match keys, made anew from the stored records where a policy recognises them by
// other keys than the one before.
#pragma once

#include "engine/app/context.h"

namespace truce {

// Every key that the record shows or has shown, as its events would have left them; pairs that
// share one now are asked about.
void make_keys_anew(Context& context, const SourceRecord& source);

// The sweep makes the keys of these entities anew, each from its first record on.
void begin_making_keys(Context& context, const std::vector<EntityName>& entities);

// The next piece of that, if there is one. True when there is more to do at once.
bool make_keys_on(Context& context);

}  // namespace truce
