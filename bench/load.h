// Clients that post as fast as they are answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/event_stream.h"

namespace truce::bench {

struct Target {
  std::uint16_t port = 0;
  std::string token;
  std::string path;
};

struct LoadResult {
  std::size_t events = 0;
  std::size_t repeats = 0;
  double duration_s = 0;
  double p50_ms = 0;  // of a request
  double p99_ms = 0;
  std::string problem;  // empty: every request was answered with 200

  double events_per_s() const { return static_cast<double>(events) / duration_s; }
};

// One thread and one connection for each list. A list ends early after `limit_s`.
LoadResult run_load(const Target& target, const std::vector<std::vector<EventRequest>>& clients,
                    double limit_s);

}  // namespace truce::bench
