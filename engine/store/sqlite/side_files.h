// The files that stand beside a database while it is open: its log, the log's index, the ballast.
#pragma once

#include <string>
#include <vector>

namespace truce::sqlite {

// Takes away again, when it goes, those that were not there when it came. The database is locked by
// this process all the while, and no connection is open at the end. A log that holds something
// stays, with its index.
class SideFiles {
 public:
  explicit SideFiles(const std::string& path);
  ~SideFiles();
  SideFiles(const SideFiles&) = delete;
  SideFiles& operator=(const SideFiles&) = delete;

 private:
  std::string log_;
  std::vector<std::string> missing_;
};

}  // namespace truce::sqlite
