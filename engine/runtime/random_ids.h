// Ids from the system's random numbers: 96 bits, so that two of one store never meet.
#pragma once

#include "engine/port/clock.h"

namespace truce {

// Any thread.
class RandomIds final : public Ids {
 public:
  std::string next(const char* prefix) override;
  double chance() override;
};

}  // namespace truce
