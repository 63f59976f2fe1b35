#include "engine/store/sqlite/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "engine/store/sqlite/files.h"

namespace truce::sqlite {
namespace {

std::string holder_of(int descriptor) {
  std::array<char, 20> digits{};
  const ssize_t size = pread(descriptor, digits.data(), digits.size(), 0);
  const std::string_view text(digits.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string_view pid = text.substr(0, text.find_first_not_of("0123456789"));
  return pid.empty() ? "unknown" : std::string(pid);
}

// For the message of the next one who asks; the lock holds without it.
void write_holder(int descriptor) {
  const std::string line = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = pwrite(descriptor, line.data(), line.size(), 0);
}

}  // namespace

Result<std::unique_ptr<LockFile>> LockFile::take(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return fail_with_errno("cannot open the lock file " + path, errno);
  std::unique_ptr<LockFile> lock(new LockFile(descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::store_locked, "the database is in use by process " + holder_of(descriptor));
  }
  write_holder(descriptor);
  return lock;
}

LockFile::~LockFile() { close(descriptor_); }

}  // namespace truce::sqlite
