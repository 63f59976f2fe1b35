// The policy that is in force now. It changes between two jobs of the writer, never within one.
#pragma once

#include <mutex>
#include <string>

#include "engine/core/policy/policy.h"

namespace truce {

struct LoadedPolicy {
  PolicyPtr policy;  // never null
  std::string text;  // the file as it was written, with its comments
};

// Any thread.
class PolicyInForce {
 public:
  explicit PolicyInForce(LoadedPolicy loaded) : loaded_(std::move(loaded)) {}

  // Stays valid, whatever comes into force meanwhile.
  LoadedPolicy get() const {
    const std::lock_guard lock(mutex_);
    return loaded_;
  }
  PolicyPtr policy() const {
    const std::lock_guard lock(mutex_);
    return loaded_.policy;
  }
  void put(LoadedPolicy loaded) {
    const std::lock_guard lock(mutex_);
    loaded_ = std::move(loaded);
  }

 private:
  mutable std::mutex mutex_;
  LoadedPolicy loaded_;
};

}  // namespace truce
