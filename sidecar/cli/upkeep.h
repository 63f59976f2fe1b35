// What is looked after beside the requests: the checkpoint file and the alerts. On the sweeper's
// thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "sidecar/api/services.h"

namespace truce::cli {

inline constexpr std::chrono::seconds alerts_every{5};
inline constexpr std::chrono::minutes recent_work_noted_every{1};

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
  void keep_checkpoint();
  void look_at_alerts();
  void add_recent_work(Time now);
  void note_and_announce();

  api::Services& services_;
  std::function<std::map<std::string, ChannelTrouble>()> channel_troubles_;
  std::chrono::steady_clock::time_point alerts_due_at_;
  RecentWork recent_work_;
  std::map<std::string, SettledCounts> counted_;  // of this process, in recent_work_ already
  std::string recent_noted_;                      // as it is stored
  std::chrono::steady_clock::time_point note_due_at_;
  std::uint64_t last_entry_ = 0;         // of the trail, before the counts were looked at
  std::vector<AlertState> to_announce_;  // not stored yet
  bool checkpoint_failed_ = false;
};

}  // namespace truce::cli
