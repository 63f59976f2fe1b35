#include "sidecar/process_usage.h"

#include <dirent.h>
#include <unistd.h>

#include <fstream>
#include <memory>

namespace truce {

ProcessUsage process_usage() {
  ProcessUsage usage;
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  if (statm >> pages >> pages) {
    usage.resident_bytes = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  }
  statm.close();
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  if (!folder) return usage;
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] != '.') ++usage.open_descriptors;
  }
  --usage.open_descriptors;
  return usage;
}

}  // namespace truce
