// What the whole process needs before any thread starts.
#pragma once

#include <signal.h>

namespace truce::cli {

// Files for their owner only, no core dumps (they would hold records), a file size limit and a
// closed pipe are errors and not the end.
void set_up_process();

// The signals that end `truce serve`, blocked here and in every thread made later, so that one
// thread can wait for them.
sigset_t block_ending_signals();

}  // namespace truce::cli
