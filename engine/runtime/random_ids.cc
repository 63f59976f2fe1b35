#include "engine/runtime/random_ids.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "engine/core/model/hash.h"

namespace truce {

namespace {
constexpr std::size_t random_bytes_of_id = 6;
// A call of the generator costs as much as a few hundred bytes of it.
constexpr std::size_t bytes_at_once = 480;
constexpr std::size_t chance_bytes = 6;  // fits a double exactly
constexpr double chance_range = static_cast<double>(std::uint64_t{1} << (8 * chance_bytes));
}  // namespace

std::string RandomIds::next(const char* prefix) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
  char time[13];
  constexpr std::uint64_t low_48_bits = (std::uint64_t{1} << 48U) - 1;
  std::snprintf(time, sizeof time, "%012llx",
                static_cast<unsigned long long>(static_cast<std::uint64_t>(ms) & low_48_bits));
  return std::string(prefix) + time + take(random_bytes_of_id);
}

double RandomIds::chance() {
  const std::string digits = take(chance_bytes);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return static_cast<double>(number) / chance_range;
}

std::string RandomIds::take(std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (random_.size() < 2 * count) random_ = random_hex(bytes_at_once);
  std::string taken = random_.substr(random_.size() - 2 * count);
  random_.resize(random_.size() - taken.size());
  return taken;
}

}  // namespace truce
