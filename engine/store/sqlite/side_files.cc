#include "engine/store/sqlite/side_files.h"

#include <unistd.h>

#include "engine/store/sqlite/files.h"

namespace truce::sqlite {

SideFiles::SideFiles(const std::string& path) : log_(path + "-wal") {
  for (const std::string& file : {log_, path + "-shm", path + ".ballast"}) {
    if (access(file.c_str(), F_OK) != 0) missing_.push_back(file);
  }
}

SideFiles::~SideFiles() {
  if (file_bytes(log_) > 0) return;
  for (const std::string& file : missing_) unlink(file.c_str());
}

}  // namespace truce::sqlite
