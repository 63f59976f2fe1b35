#include "engine/runtime/random_ids.h"

#include <charconv>

#include "engine/core/model/hash.h"

namespace truce {

namespace {
constexpr std::size_t id_bytes = 12;
constexpr std::size_t chance_bytes = 6;  // fits a double exactly
constexpr double chance_range = static_cast<double>(std::uint64_t{1} << (8 * chance_bytes));
}  // namespace

std::string RandomIds::next(const char* prefix) { return prefix + random_hex(id_bytes); }

double RandomIds::chance() {
  const std::string digits = random_hex(chance_bytes);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return static_cast<double>(number) / chance_range;
}

}  // namespace truce
