// How many retries a system gets a minute, so that a storm of them does not eat its quota.
#pragma once

#include "engine/app/context.h"

namespace truce {

// Books a retry for `due`, or for the first minute after it that has room (retry.per_minute of the
// policy). A day ahead is the furthest; what finds no room until then is due there all the same.
Time book_retry(Context& context, const System& system, Time due);

}  // namespace truce
