// Numbers of any size as text; never a double.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// Of a number as it came, and of its plain decimal.
inline constexpr std::size_t longest_number_chars = 64;

// A JSON number, or a string of one (most systems send all values as strings): sign, leading zeros
// and ".5" are allowed, grouping and units are not. Longer than 64 characters is `number-too-long`,
// longer than that only when its exponent is written out `number-out-of-range`. The key is the
// normal decimal; the text keeps its digits ("1.10") but has no exponent.
Result<Value> read_decimal_value(const Field& field, const Json& raw);

// As read_decimal_value; "5.0" and 5e2 are whole, 1.5 is `format`. The text is the normal decimal.
Result<Value> read_integer_value(const Field& field, const Json& raw);

// `number` times 10^places, exactly: a normal decimal both ways.
std::string shift_decimal(std::string_view number, int places);

// To `places` decimal places, halves away from zero, as people and systems round.
std::string round_decimal(std::string_view number, int places);

bool is_whole(std::string_view normal);

}  // namespace truce
