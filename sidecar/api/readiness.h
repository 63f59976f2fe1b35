// Whether requests should come here, and why not. Cheap: asked by a lane that must not wait.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "engine/runtime/writer.h"

namespace truce::api {

// Any thread.
class Readiness {
 public:
  explicit Readiness(const Writer& writer) : writer_(writer) {}

  // The process is ending: what is in work is finished, nothing new should come.
  void start_draining() { draining_ = true; }
  // Something besides the store went wrong, and a person must look at it.
  void set_fault(Problem fault);

  std::optional<Problem> objection() const;

 private:
  const Writer& writer_;
  std::atomic<bool> draining_ = false;
  mutable std::mutex mutex_;
  std::optional<Problem> fault_;
};

}  // namespace truce::api
