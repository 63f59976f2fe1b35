#include "sidecar/simulate/happenings.h"

#include <algorithm>

namespace truce::simulate {

void Happenings::at(Time time, Happening happening) {
  heap_.push_back({std::max(time, now_), next_number_++, std::move(happening)});
  std::push_heap(heap_.begin(), heap_.end(), Later());
}

void Happenings::run_until(Time end) {
  while (!heap_.empty() && heap_.front().time <= end) {
    std::pop_heap(heap_.begin(), heap_.end(), Later());
    Entry next = std::move(heap_.back());
    heap_.pop_back();
    now_ = next.time;
    next.happening();
  }
  now_ = end;
}

}  // namespace truce::simulate
