#include "sidecar/demo/schedule.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace truce::demo {

void Schedule::at(Duration offset, Happening happening) {
  entries_.push(Entry{std::max(offset, elapsed_), next_number_++, std::move(happening)});
}

void Schedule::run_until(Duration offset) {
  while (!entries_.empty() && entries_.top().offset <= offset) {
    Entry entry = entries_.top();
    entries_.pop();
    move_to(entry.offset);
    entry.happening();
  }
  move_to(offset);
}

void Schedule::move_to(Duration offset) {
  elapsed_ = offset;
  if (pace_ == Pace::real) {
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    const Duration real{
        duration_cast<microseconds>(std::chrono::steady_clock::now() - started_).count()};
    const Duration due = offset + lag_;  // lag_ only ever grows
    if (real < due) {
      std::this_thread::sleep_for(microseconds(due.us - real.us));
    } else {
      lag_ = Duration{real.us - offset.us};
    }
  }
  now_us_.store((origin_ + offset + lag_).us);
}

}  // namespace truce::demo
