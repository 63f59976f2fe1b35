// When a failed delivery is tried again. Pure.
#pragma once

#include <optional>

#include "engine/core/policy/policy.h"

namespace truce {

// Exponential backoff with jitter: first * 2^(attempt-1), at most max, times a factor in
// [0.8, 1.2) made of `chance` in [0, 1). `attempt` counts from 1. `retry_after` is honoured when it
// is longer, and capped at 24 h. nullopt: out of attempts, a dead letter.
std::optional<Duration> retry_delay(const Retry& retry, int attempt, double chance,
                                    std::optional<Duration> retry_after);

}  // namespace truce
