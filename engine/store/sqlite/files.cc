#include "engine/store/sqlite/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace truce::sqlite {
namespace {

Code code_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Code::store_full;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::store_read_only;
    default:
      return Code::store_failed;
  }
}

bool exists(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0;
}

}  // namespace

tl::unexpected<Problem> fail_with_errno(const std::string& what, int error) {
  return fail(code_of(error), what + ": " + std::strerror(error));
}

Result<std::string> settled_path(const std::string& path) {
  const std::filesystem::path given(path);
  if (given.filename().empty()) return fail(Code::store_failed, "no file name in " + path);
  const std::string parent = given.has_parent_path() ? given.parent_path().string() : ".";
  if (mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST && errno != EROFS) {
    return fail_with_errno("cannot make the directory " + parent, errno);
  }
  char* resolved = realpath(parent.c_str(), nullptr);
  if (!resolved) return fail_with_errno("cannot use the directory " + parent, errno);
  const std::string settled = (std::filesystem::path(resolved) / given.filename()).string();
  std::free(resolved);
  struct stat found {};
  if (lstat(settled.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    return fail(Code::store_failed, settled + " is not a regular file");
  }
  return settled;
}

Result<void> make_file(const std::string& path) {
  const int descriptor =
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor >= 0) {
    close(descriptor);
    return {};
  }
  if (errno == EEXIST) return {};
  return fail_with_errno("cannot make " + path, errno);
}

Result<void> sync_path(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail_with_errno("cannot open " + path, errno);
  const int failed = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  if (failed != 0) return fail_with_errno("cannot sync " + path, error);
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  return sync_path(std::filesystem::path(path).parent_path().string());
}

Result<void> rename_to_free(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  // Some file systems do not know the flag.
  if (errno == EINVAL && !exists(to) && std::rename(from.c_str(), to.c_str()) == 0) return {};
  return fail_with_errno("cannot give the file its name " + to, errno);
}

std::uint64_t file_bytes(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

std::optional<std::uint64_t> free_bytes(const std::string& path) {
  struct statvfs found {};
  if (statvfs(path.c_str(), &found) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
}

}  // namespace truce::sqlite
