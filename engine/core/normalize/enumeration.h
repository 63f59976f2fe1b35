#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// A system's option as the canonical one: through the entry's `values` (exact, after trimming),
// else, with no map, one of the field's `options`, else as it is. An option that is not known is
// `unknown-option`, or taken as it is with `unknown: pass`. Also for the elements of a set.
Result<std::string> read_option(const Field& field, const MapEntry& entry, std::string_view option);

// The way back. Of several system values that mean the same, the least in byte order.
// `unknown-option` when the map has none, unless `unknown: pass`.
Result<std::string> written_option(const Field& field, const MapEntry& entry,
                                   const std::string& canonical);

// A system's option, or the id of one of its records, in the JSON type that the entry's `format`
// names; as text without one, and where it is none of that type.
Json option_form(const MapEntry& entry, const std::string& option);

// The canonical options: the field's, else those of its maps; empty: anything goes.
std::vector<std::string> options_of(const Field& field);

Result<Value> read_enumeration(const Field& field, const MapEntry& entry, const Json& raw);

}  // namespace truce
