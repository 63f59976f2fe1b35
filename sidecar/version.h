// The version of this program, and of what it is built on.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace truce {

extern const char* const program_version;

// Name and version of each library as it runs, not as it was compiled against, where it says so.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace truce
