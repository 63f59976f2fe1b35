// Reading beside the writer, on the caller's own thread and from a consistent view.
#pragma once

#include <functional>
#include <mutex>

#include "engine/app/records.h"
#include "engine/runtime/surroundings.h"

namespace truce {

inline constexpr int concurrent_reads_max = 16;

// Any thread.
class Reads {
 public:
  explicit Reads(Surroundings surroundings) : surroundings_(surroundings) {}

  // `busy`: as many as may are reading. Else what `work` says, or the store's failure.
  Result<Json> run(const std::function<Result<Json>(Reader&)>& work);

 private:
  class Turn;

  Surroundings surroundings_;
  std::mutex mutex_;
  int reading_ = 0;
};

}  // namespace truce
