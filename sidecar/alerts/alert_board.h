// The present state of every alert, and what changed since the last look.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sidecar/alerts/judge_alerts.h"

namespace truce {

// Any thread.
class AlertBoard {
 public:
  // What was on the board when the process ended: an alert that fires on is not told again.
  void restore(const Json& stored);
  // Keeps the time since when an alert is as it is. Gives those that began or ended to fire; what
  // fired and is not given any more has ended, but for alerts of the name `unknown`, which fire on.
  std::vector<AlertState> update(std::vector<AlertState> alerts, Time now,
                                 std::string_view unknown = {});

  std::vector<AlertState> alerts() const;
  Json stored() const;  // for restore()

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Time> firing_since_;
  std::vector<AlertState> alerts_;
};

Json to_json(const AlertState& alert);

}  // namespace truce
