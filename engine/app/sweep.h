// What time alone does: leases that run out, deletes whose grace is over, overdue items, events
// whose parent does not come, retention, records derived under an older policy, what came while a
// field was paused. Bounded work a
// call; the runtime calls it again.
#pragma once

#include "engine/app/context.h"

namespace truce {

// True when there is more to do at once.
bool sweep(Context& context);

}  // namespace truce
