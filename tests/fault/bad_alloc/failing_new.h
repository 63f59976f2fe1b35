// An `operator new` that fails when it is told to, in the whole program and in the children that it
// forks, which are told by their parent. Memory that C libraries ask for is not touched: SQLite's
// own has its tests in tests/fault/oom.
#pragma once

#include <cstdint>

namespace truce::fault {

// From now on allocations count that are made in a process which called count_allocations(). The
// Nth of them fails, once.
void fail_allocation(std::int64_t nth);
// No more; true where it has come.
bool disarm_allocations();

void count_allocations();

}  // namespace truce::fault
