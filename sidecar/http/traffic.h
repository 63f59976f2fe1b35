// What the HTTP front counts, for /metrics and for tests. Thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "sidecar/http/refusal.h"
#include "sidecar/http/route_table.h"

namespace truce {

// Upper bounds of the histogram's cells, in milliseconds; one more cell takes the rest.
inline constexpr std::array<std::int64_t, 12> latency_bounds_ms = {
    1, 2, 5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 10'000};

struct LatencyHistogram {
  std::array<std::uint64_t, latency_bounds_ms.size() + 1> cells{};
  std::uint64_t count = 0;
  std::chrono::microseconds sum{0};
};

struct TrafficCounts {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t buffered_bytes = 0;
  std::map<RefusalCode, std::uint64_t> refusals;
  // ("POST /v1/events", 200) -> how many
  std::map<std::pair<std::string, int>, std::uint64_t> replies;
  // From a request's last byte to its reply's first, by route; waiting in the queue is in it.
  std::map<std::string, LatencyHistogram> latency;
};

class Traffic {
 public:
  void note_accepted();
  void note_connections(std::size_t open, std::size_t buffered_bytes);
  void note_refusal(RefusalCode code);
  void note_reply(const Route& route, int status, std::chrono::steady_clock::duration latency);
  TrafficCounts counts() const;

 private:
  mutable std::mutex mutex_;
  TrafficCounts counts_;
};

}  // namespace truce
