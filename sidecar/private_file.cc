#include "sidecar/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sidecar/http/file_descriptor.h"

namespace truce {

namespace {

std::string reason() { return std::strerror(errno); }

tl::unexpected<Problem> cannot(const char* what, const std::string& path) {
  return fail(Code::store_failed, std::string("cannot ") + what + " " + path + ": " + reason());
}

Result<std::string> read_open_file(const FileDescriptor& file, const std::string& path,
                                   std::size_t bytes_max) {
  std::string content;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t count = read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Code::policy_file, "cannot read " + path + ": " + reason());
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > bytes_max) return fail(Code::policy_file, path + " is too large");
  }
}

enum class Readers { anybody, owner_only };

Result<std::string> read_file(const std::string& path, std::size_t bytes_max, Readers readers) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    return fail(errno == ENOENT ? Code::not_found : Code::policy_file,
                "cannot open " + path + ": " + reason());
  }
  struct stat status {};
  if (fstat(file.number(), &status) != 0) return cannot("look at", path);
  if (!S_ISREG(status.st_mode)) return fail(Code::policy_file, path + " is no regular file");
  if (readers == Readers::owner_only && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(Code::not_allowed,
                path + " may be read by others; take their rights away: chmod 600 " + path);
  }
  return read_open_file(file, path, bytes_max);
}

bool write_all(const FileDescriptor& file, const std::string& content) {
  std::size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = write(file.number(), content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    written += static_cast<std::size_t>(count);
  }
  return fsync(file.number()) == 0;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

bool file_exists(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

bool anybody_may_write(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0;
}

Result<std::string> read_whole_file(const std::string& path, std::size_t bytes_max) {
  return read_file(path, bytes_max, Readers::anybody);
}

Result<std::string> read_private_file(const std::string& path, std::size_t bytes_max) {
  return read_file(path, bytes_max, Readers::owner_only);
}

Result<void> replace_private_file(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());
  {
    const FileDescriptor file(
        open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return cannot("make", temporary);
    if (!write_all(file, content)) {
      const auto failure = cannot("write", temporary);
      unlink(temporary.c_str());
      return failure;
    }
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) return cannot("rename to", path);
  const FileDescriptor folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) static_cast<void>(fsync(folder.number()));
  return {};
}

}  // namespace truce
