// A decimal number taken apart, for comparing by value without a double.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace truce {

// 0.digits * 10^point; zero has no digits. The digits begin and end with another digit than 0.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t point = 0;
};

// A number as JSON writes it; zeros in front are let pass. nullopt when it is no number. Exponents
// beyond 10^9 are read as 10^9.
std::optional<Decimal> read_decimal(std::string_view number);

// One form for all spellings of a number: normal_decimal, or "15e500" where that would be too long.
// What is no number comes back as it is.
std::string canonical_number(std::string_view number);

}  // namespace truce
