// What the kernel says about a process.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace truce::test {

inline std::size_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// User and system time since it started.
inline std::chrono::milliseconds processor_time(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::ostringstream content;
  content << file.rdbuf();
  // The name, in parentheses, may hold anything; user time is the twelfth column behind it.
  std::istringstream columns(content.str().substr(content.str().rfind(')') + 1));
  std::string skipped;
  for (int column = 0; column < 11; ++column) columns >> skipped;
  long user = 0;
  long system = 0;
  columns >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / sysconf(_SC_CLK_TCK));
}

}  // namespace truce::test
