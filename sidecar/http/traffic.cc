#include "sidecar/http/traffic.h"

#include <algorithm>

namespace truce {

void Traffic::note_accepted() {
  const std::lock_guard lock(mutex_);
  ++counts_.connections_accepted;
}

void Traffic::note_connections(std::size_t open, std::size_t buffered_bytes) {
  const std::lock_guard lock(mutex_);
  counts_.connections_open = open;
  counts_.buffered_bytes = buffered_bytes;
}

void Traffic::note_refusal(RefusalCode code) {
  const std::lock_guard lock(mutex_);
  ++counts_.refusals[code];
}

void Traffic::note_reply(const Route& route, int status,
                         std::chrono::steady_clock::duration latency) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(latency);
  const auto cell = std::lower_bound(latency_bounds_ms.begin(), latency_bounds_ms.end(), us,
                                     [](std::int64_t bound_ms, auto value) {
                                       return std::chrono::milliseconds(bound_ms) < value;
                                     });
  std::string name = route.method + " " + route.pattern;
  const std::lock_guard lock(mutex_);
  ++counts_.replies[{name, status}];
  LatencyHistogram& histogram = counts_.latency[std::move(name)];
  ++histogram.cells[static_cast<std::size_t>(cell - latency_bounds_ms.begin())];
  ++histogram.count;
  histogram.sum += us;
}

TrafficCounts Traffic::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace truce
