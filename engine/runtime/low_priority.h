// For work that nobody waits for as one waits for an event: it takes what the fast loop leaves of
// the processor.
#pragma once

#include <future>
#include <system_error>

namespace truce {

// For the rest of the thread's life: a process may not raise what it has lowered.
void lower_priority_of_this_thread();

// Runs `work` on a thread of its own and waits for it; throws what it throws. Where there is no
// thread to be had, on this one.
template <class Work>
auto at_low_priority(const Work& work) -> decltype(work()) {
  std::future<decltype(work())> done;
  try {
    done = std::async(std::launch::async, [&work] {
      lower_priority_of_this_thread();
      return work();
    });
  } catch (const std::system_error&) {
    return work();
  }
  return done.get();
}

}  // namespace truce
