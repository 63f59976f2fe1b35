// What a clock that ran ahead has left behind when it is set right: leases that end in years, and
// retries that are due then.
#pragma once

#include "engine/app/context.h"

namespace truce {

// Once for each time that the clock was set back by more than a minute; else it costs one look at
// the trail's end, whose time never goes back. A lease that was given in what is now the future
// keeps its length and begins now; a retry beyond the longest wait that the policy knows is due
// now.
void mend_times_ahead(Context& context);

}  // namespace truce
