#include "engine/store/sqlite/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "engine/store/sqlite/files.h"

namespace truce::sqlite {
namespace {

constexpr int takes_max = 100;

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

bool is_at(int descriptor, const std::string& path) {
  struct stat mine {};
  struct stat there {};
  return fstat(descriptor, &mine) == 0 && stat(path.c_str(), &there) == 0 &&
         mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

}  // namespace

Result<std::unique_ptr<LockFile>> LockFile::take(const std::string& path, Afterwards afterwards) {
  const bool is_new = access(path.c_str(), F_OK) != 0;
  for (int i = 0; i < takes_max; ++i) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return fail_with_errno("cannot open the lock file " + path, errno);
    std::unique_ptr<LockFile> lock(new LockFile(descriptor));
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      return fail(Code::store_locked, "the database is in use by process " + holder_of(descriptor));
    }
    if (!is_at(descriptor, path)) continue;  // whoever had it took it away
    write_holder(descriptor);
    if (is_new && afterwards == Afterwards::as_before) lock->to_remove_ = path;
    return lock;
  }
  return fail(Code::store_locked, "the database is in use by one process after another");
}

LockFile::~LockFile() {
  if (!to_remove_.empty()) unlink(to_remove_.c_str());
  close(descriptor_);
}

}  // namespace truce::sqlite
