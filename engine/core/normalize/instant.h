#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// A moment, canonically in RFC 3339 with Z. Accepted are all forms of parse_time and epoch seconds,
// milliseconds or microseconds as numbers or strings (told apart by size, years 1970 to 2200,
// unless `format` names the unit: then to 9999). A time without an offset is refused unless the
// entry's format is "datetime" or "date" (both UTC) or the system names a time zone. In that zone a
// time that the clocks skip in spring is read with the offset before the change (02:30 is the
// moment that 03:30 shows), and of a time that occurs twice in autumn the earlier moment is taken.
// `timestamp-invalid` otherwise.
Result<Time> read_time(const Field& field, const System& system, const MapEntry& entry,
                       const Json& raw);
Result<Value> read_instant(const Field& field, const System& system, const MapEntry& entry,
                           const Json& raw);

// As the entry's `format` says; without one RFC 3339.
Json written_instant(const MapEntry& entry, const Value& value);

}  // namespace truce
