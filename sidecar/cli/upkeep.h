// What is looked after beside the requests: the checkpoint file and the alerts. On the sweeper's
// thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "sidecar/api/services.h"

namespace truce::cli {

inline constexpr std::chrono::seconds alerts_every{5};
inline constexpr std::chrono::minutes failure_window{15};

class Upkeep {
 public:
  // `services` must outlive it, and what `channel_troubles` asks.
  Upkeep(api::Services& services,
         std::function<std::map<std::string, ChannelTrouble>()> channel_troubles);

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
  std::function<std::map<std::string, ChannelTrouble>()> channel_troubles_;
  Time started_at_;
  std::chrono::steady_clock::time_point alerts_due_at_;
  std::deque<Sample> samples_;
  std::vector<AlertState> to_announce_;  // not stored yet
  bool checkpoint_failed_ = false;
};

}  // namespace truce::cli
