#include "engine/runtime/system_clock.h"

#include <chrono>

namespace truce {

Time SystemClock::now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

}  // namespace truce
