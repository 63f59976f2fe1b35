// Saved positions, moved only after the batch behind them is safe.
#pragma once

#include <string>

#include "engine/app/context.h"

namespace truce {

inline constexpr std::size_t cursor_name_bytes_max = 200;
inline constexpr std::size_t cursor_value_bytes_max = 16 * 1024;  // as JSON

// {name, value, version, updated_at}; `not-found`.
Result<Json> read_cursor(ReadView& store, const std::string& name);

// body: {value, if_match?}. if_match is the version that the caller has seen, 0 for none; without
// it the position is moved whatever stands there. `version-moved` when it is another. The value may
// be any JSON but null. Gives what read_cursor gives.
Result<Json> move_cursor(Context& context, const std::string& name, const Json& body);

}  // namespace truce
