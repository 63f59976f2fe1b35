#include "sidecar/api/event_counts.h"

namespace truce::api {

void EventCounts::count_event(const std::string& system, const std::string& outcome, Time now) {
  const std::lock_guard lock(mutex_);
  ++events_[{system, outcome}];
  last_events_[system] = now;
}

void EventCounts::count_settled(const std::string& system, const std::string& status) {
  const std::lock_guard lock(mutex_);
  ++settled_[{system, status}];
}

std::map<std::pair<std::string, std::string>, std::uint64_t> EventCounts::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::map<std::pair<std::string, std::string>, std::uint64_t> EventCounts::settled() const {
  const std::lock_guard lock(mutex_);
  return settled_;
}

std::map<std::string, Time> EventCounts::last_events() const {
  const std::lock_guard lock(mutex_);
  return last_events_;
}

}  // namespace truce::api
