// What is looked after beside the requests: the checkpoint file and the alerts. On the sweeper's
// thread.
#pragma once

#include <chrono>
#include <deque>

#include "sidecar/api/services.h"

namespace truce::cli {

inline constexpr std::chrono::seconds alerts_every{5};
inline constexpr std::chrono::minutes failure_window{15};

class Upkeep {
 public:
  // `services` must outlive it.
  explicit Upkeep(api::Services& services);

  // After every sweep.
  void tick();
  // When the writer has stopped.
  void finish();

 private:
  struct Sample {
    std::chrono::steady_clock::time_point at;
    std::map<std::string, SettledCounts> settled;
  };

  void keep_checkpoint();
  void look_at_alerts();
  std::map<std::string, SettledCounts> settled_lately();
  void announce_moved();

  api::Services& services_;
  Time started_at_;
  std::chrono::steady_clock::time_point alerts_due_at_;
  std::deque<Sample> samples_;
  std::vector<AlertState> to_announce_;  // not stored yet
  bool checkpoint_failed_ = false;
};

}  // namespace truce::cli
