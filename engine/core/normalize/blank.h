#pragma once

#include "engine/core/policy/policy.h"

namespace truce {

// Whether a system says "no value" by this: null, "", white space, an empty array, or one of the
// entry's stand-ins. A stand-in that is a number is compared by value, also with strings of digits;
// one that is text is compared after trimming, and with a number by value.
bool says_no_value(const MapEntry& entry, const Json& raw);

}  // namespace truce
