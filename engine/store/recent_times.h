// How many of a set of times lie at or after a moment, in O(log n); times come almost in order. The
// mass-change guard asks this for every event, so it must not depend on how much has changed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "engine/core/model/time.h"

namespace truce {

class RecentTimes {
 public:
  RecentTimes() = default;
  explicit RecentTimes(const std::vector<Time>& times) : times_(times.begin(), times.end()) {
    std::sort(times_.begin(), times_.end());
  }

  void add(Time time) { times_.insert(std::upper_bound(times_.begin(), times_.end(), time), time); }

  // One time equal to this one; nothing when there is none.
  void remove(Time time) {
    const auto found = std::lower_bound(times_.begin(), times_.end(), time);
    if (found != times_.end() && *found == time) times_.erase(found);
  }

  std::size_t count_since(Time since) const {
    return static_cast<std::size_t>(times_.end() -
                                    std::lower_bound(times_.begin(), times_.end(), since));
  }

 private:
  std::deque<Time> times_;  // sorted; grows without a copy beside it
};

}  // namespace truce
