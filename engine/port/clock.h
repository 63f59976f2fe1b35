// Time and chance, from outside, so that tests decide them.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/model/time.h"

namespace truce {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock; may jump. The order of things never depends on it.
  virtual Time now() = 0;
};

class Ids {
 public:
  virtual ~Ids() = default;
  // A new id that was never given before: lower-case hex, 24 characters, with `prefix` before it.
  virtual std::string next(const char* prefix) = 0;
  // Uniform in [0, 1): the jitter of retries.
  virtual double chance() = 0;
};

}  // namespace truce
