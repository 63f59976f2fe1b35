// Ids in the layout of RFC 9562's UUID version 7: 48 bits of the time in milliseconds, then random
// ones. What is made in a row stands together in the store's indexes; two of one millisecond meet
// once in 2^48.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

#include "engine/port/clock.h"

namespace truce {

// Any thread.
class RandomIds final : public Ids {
 public:
  std::string next(const char* prefix) override;
  double chance() override;

 private:
  // `count` random bytes in hex.
  std::string take(std::size_t count);

  std::mutex mutex_;
  std::string random_;  // in hex, not yet given to anybody
};

}  // namespace truce
