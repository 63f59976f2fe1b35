#include "engine/app/retry.h"

#include <algorithm>

namespace truce {
namespace {

// A target that asks for longer is answered by a person, not by a timer.
constexpr Duration retry_after_max = Duration::of_ms(std::int64_t{24} * 3'600'000);
// 2^40 milliseconds is past every policy's maximum.
constexpr int doublings_max = 40;

}  // namespace

std::optional<Duration> retry_delay(const Retry& retry, int attempt, double chance,
                                    std::optional<Duration> retry_after) {
  if (attempt >= retry.attempts) return std::nullopt;
  Duration delay = retry.first;
  for (int i = 1; i < attempt && i <= doublings_max && delay < retry.max; ++i) delay.us *= 2;
  delay = std::min(delay, retry.max);
  const double factor = 0.8 + 0.4 * chance;
  delay.us = static_cast<std::int64_t>(static_cast<double>(delay.us) * factor);
  if (retry_after && *retry_after > delay) delay = std::min(*retry_after, retry_after_max);
  return delay;
}

}  // namespace truce
