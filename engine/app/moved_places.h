// Fields that a policy writes at another place of a system's records than the one before: what was
// written to the former place, and never seen to stand there, is no word about the present one.
// Nobody knows what became of it, as after an answer that was lost.
#pragma once

#include "engine/app/context.h"

namespace truce {

// From now on `doubt_former_writes` knows of them, and the sweep walks through their records.
void begin_doubting(Context& context, const Policy& before, const Policy& next);

// Before a record's next word is taken in. True: something of it changed.
bool doubt_former_writes(Context& context, SourceRecord& source);

// The next records of the walk, which are derived again. True when there is more to do at once.
bool doubt_on(Context& context);

}  // namespace truce
