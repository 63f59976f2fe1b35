// What happens when: one thread, one order, so that a seed decides a run.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "engine/core/model/time.h"

namespace truce::demo {

// simulated: time jumps from one happening to the next. real: a happening never comes before its
// wall-clock time, and one that comes late delays all later ones, so gaps never shrink. The sidecar
// stamps with the wall clock, so whatever talks to it needs `real`.
enum class Pace { simulated, real };

class Schedule {
 public:
  using Happening = std::function<void()>;

  // `origin` is the time of offset 0.
  Schedule(Pace pace, Time origin) : pace_(pace), origin_(origin), now_us_(origin.us) {}

  // Equal times happen in the order of these calls. A time that has passed happens next.
  void at(Duration offset, Happening happening);
  void after(Duration delay, Happening happening) { at(elapsed_ + delay, std::move(happening)); }

  // The time of the present happening; any thread may ask.
  Time now() const { return Time{now_us_.load()}; }
  Duration elapsed() const { return elapsed_; }

  // Runs all up to and including `offset`, also what is scheduled meanwhile.
  void run_until(Duration offset);

 private:
  struct Entry {
    Duration offset;
    std::uint64_t number = 0;
    Happening happening;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.offset != b.offset ? a.offset > b.offset : a.number > b.number;
    }
  };

  void move_to(Duration offset);

  Pace pace_;
  Time origin_;
  std::atomic<std::int64_t> now_us_;
  Duration elapsed_;
  Duration lag_;  // what the real clock has run ahead of the offsets so far
  std::uint64_t next_number_ = 0;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::priority_queue<Entry, std::vector<Entry>, Later> entries_;
};

}  // namespace truce::demo
