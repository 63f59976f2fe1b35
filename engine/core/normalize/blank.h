#pragma once

#include "engine/core/policy/policy.h"

namespace truce {

// Whether a system says "no value" by this: null, "", white space, an empty array, or one of the
// entry's stand-ins, as declared or as the system keeps it. A stand-in that is a number is compared
// by value, also with strings of digits; one that is text is compared after trimming, and with a
// number or in a field of numbers by value.
bool says_no_value(FieldType type, const MapEntry& entry, const Json& raw);
// The same without stand-ins.
bool says_no_value(const Json& raw);

}  // namespace truce
