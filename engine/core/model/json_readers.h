// The two readers behind parse_json(): the quick one is tried first, and what it does not take is
// read once more by the careful one, which says what is wrong and where. Both are thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "engine/core/model/json.h"

namespace truce {

// Takes nothing that the careful one refuses, and not all that it takes: nullopt as well where the
// text is longer than 1 MiB, a scalar, or has \u in it. Neither looks for a byte order mark or NUL.
std::optional<Json> read_well_formed(std::string_view text, const JsonLimits& limits);

// Its problems are those of parse_json().
Result<Json> read_carefully(std::string_view text, const JsonLimits& limits);

// False for a number beyond a double's range, which cannot be meant by any system we know.
bool is_in_range(std::string_view number);

}  // namespace truce
