// Counts since the start of the process, for /metrics and the alerts.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "engine/core/model/json.h"
#include "engine/core/model/time.h"

namespace truce::api {

// Any thread. Bounded: the names come from the policy; what is in none is counted as "".
class EventCounts {
 public:
  struct Settled {
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;
  };

  void count_event(const std::string& system, const std::string& outcome, Time now);
  void count_settled(const std::string& system, const std::string& status);

  std::map<std::pair<std::string, std::string>, std::uint64_t> events() const;
  std::map<std::pair<std::string, std::string>, std::uint64_t> settled() const;
  std::map<std::string, Time> last_events() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> events_;   // (system, outcome)
  std::map<std::pair<std::string, std::string>, std::uint64_t> settled_;  // (system, status)
  std::map<std::string, Time> last_events_;
};

}  // namespace truce::api
