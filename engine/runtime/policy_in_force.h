// The policy that is in force now. It changes between two jobs of the writer, never within one.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "engine/core/policy/policy.h"

namespace truce {

struct Migrating;  // engine/app/migrating.h

struct LoadedPolicy {
  PolicyPtr policy;  // never null
  std::string text;  // the file as it was written, with its comments
  // The records are on their way to this policy; null: all are of it.
  std::shared_ptr<const Migrating> migrating = nullptr;
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
  // What a job of the writer works under: `get` without the text.
  LoadedPolicy for_work() const {
    const std::lock_guard lock(mutex_);
    return {loaded_.policy, {}, loaded_.migrating};
  }
  // The records are all where `migrating` brought them, unless they are on another way by now.
  void arrive(const Migrating* migrating) {
    const std::lock_guard lock(mutex_);
    if (loaded_.migrating.get() == migrating) loaded_.migrating = nullptr;
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
