#include "sidecar/http/token_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "sidecar/http/file_descriptor.h"

namespace truce {
namespace {

constexpr std::size_t largest_file_bytes = 1024 * 1024;
constexpr mode_t of_others = S_IRWXG | S_IRWXO;

std::string reason(int error) { return std::generic_category().message(error); }

Result<std::string> read_all(const FileDescriptor& file, const std::string& path) {
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t count = ::read(file.number(), piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Code::not_allowed, path + " cannot be read: " + reason(errno));
    if (count == 0) return text;
    text.append(piece, static_cast<std::size_t>(count));
    if (text.size() > largest_file_bytes) return fail(Code::format, path + " is too large");
  }
}

bool write_all(const FileDescriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file.number()) == 0;
}

bool sync_folder_of(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && ::fsync(opened.number()) == 0;
}

}  // namespace

Result<TokenTable> read_token_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang the start.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    return fail(errno == ENOENT ? Code::not_found : Code::not_allowed,
                "The token file " + path + " cannot be opened: " + reason(errno));
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(Code::not_allowed, "The token file " + path + " is no regular file");
  }
  if ((status.st_mode & of_others) != 0) {
    return fail(Code::not_allowed,
                "The token file " + path + " is open to others; do: chmod 600 " + path);
  }
  const auto text = read_all(file, path);
  if (!text) return tl::unexpected(text.error());
  auto table = TokenTable::parse(*text);
  if (!table) {
    Problem problem = table.error();
    problem.message = path + ": " + problem.message;
    return tl::unexpected(std::move(problem));
  }
  return table;
}

Result<std::string> create_token_file(const std::string& path) {
  const FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    return fail(Code::not_allowed, "The token file " + path + " cannot be made: " + reason(errno));
  }
  std::string token = make_token();
  if (!write_all(file, token + "\n") || !sync_folder_of(path)) {
    const std::string why = reason(errno);
    ::unlink(path.c_str());  // half a token must not be taken for one at the next start
    return fail(Code::not_allowed, "The token file " + path + " cannot be written: " + why);
  }
  return token;
}

}  // namespace truce
