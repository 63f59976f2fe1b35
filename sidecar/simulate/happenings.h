// The virtual clock: what happens when. One thread, one order, so that a seed decides a story.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/core/model/time.h"

namespace truce::simulate {

class Happenings {
 public:
  using Happening = std::function<void()>;

  explicit Happenings(Time origin) : now_(origin) {}

  Time now() const { return now_; }
  // Equal times happen in the order of these calls. A time that has passed happens next.
  void at(Time time, Happening happening);
  void after(Duration delay, Happening happening) { at(now_ + delay, std::move(happening)); }
  // Runs all up to and including `end`, also what is added meanwhile, and leaves the clock there.
  void run_until(Time end);

 private:
  struct Entry {
    Time time;
    std::uint64_t number = 0;
    Happening happening;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.time != b.time ? a.time > b.time : a.number > b.number;
    }
  };

  Time now_;
  std::uint64_t next_number_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace truce::simulate
