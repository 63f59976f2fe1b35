#include "sidecar/api/readiness.h"

namespace truce::api {

void Readiness::set_fault(Problem fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

std::optional<Problem> Readiness::objection() const {
  if (draining_) return Problem{Code::shutting_down, "the process is ending", {}};
  if (std::optional<Problem> trouble = writer_.trouble()) return trouble;
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace truce::api
