#include "engine/runtime/low_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace truce {
namespace {

// About a tenth of the weight of the other threads (sched(7)).
constexpr int nicer_by = 10;

}  // namespace

void lower_priority_of_this_thread() {
  // On Linux a thread's id names this thread alone. Where it fails, the work is done all the same.
  const auto thread = static_cast<id_t>(gettid());
  static_cast<void>(
      setpriority(PRIO_PROCESS, thread, getpriority(PRIO_PROCESS, thread) + nicer_by));
}

}  // namespace truce
