// One process a database: an exclusive lock on a file beside it, never on the database itself,
// whose own locks vanish when any descriptor of it is closed. It goes with the process, however
// that ends.
#pragma once

#include <memory>
#include <string>

#include "engine/core/model/error.h"

namespace truce::sqlite {

// What becomes of the file when the lock is given up: it stays, or goes if it was made for it.
enum class Afterwards { kept, as_before };

class LockFile {
 public:
  // `store-locked` with the holder's pid; `store-read-only` when the file cannot be made.
  static Result<std::unique_ptr<LockFile>> take(const std::string& path, Afterwards afterwards);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  std::string to_remove_;  // empty: it stays
};

}  // namespace truce::sqlite
