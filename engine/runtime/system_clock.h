// The wall clock of this machine.
#pragma once

#include "engine/port/clock.h"

namespace truce {

// Any thread.
class SystemClock final : public Clock {
 public:
  Time now() override;
};

}  // namespace truce
