// What this process takes of the machine.
#pragma once

#include <cstddef>

namespace truce {

struct ProcessUsage {
  std::size_t resident_bytes = 0;
  std::size_t open_descriptors = 0;  // without the one that it takes to look
};
// 0 where the system does not say.
ProcessUsage process_usage();

}  // namespace truce
