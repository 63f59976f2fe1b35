// The end of a store: a damaged file or a write of unknown fate. Afterwards every view refuses.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "engine/core/model/error.h"

namespace truce::sqlite {

class Health {
 public:
  // The first one stays.
  void end(Problem problem) {
    const std::scoped_lock lock(mutex_);
    if (!ended_) ended_ = std::move(problem);
  }
  std::optional<Problem> ended() const {
    const std::scoped_lock lock(mutex_);
    return ended_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Problem> ended_;
};

}  // namespace truce::sqlite
