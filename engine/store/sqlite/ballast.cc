#include "engine/store/sqlite/ballast.h"

#include <fcntl.h>
#include <unistd.h>

#include <new>
#include <utility>

#include "engine/store/sqlite/files.h"

namespace truce::sqlite {
namespace {

// Below this much room beside it the ballast would be what fills the disk.
constexpr std::uint64_t room_factor = 16;

}  // namespace

Ballast::Ballast(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {
  if (bytes_ > 0) make();
}

void Ballast::make() {
  if (file_bytes(path_) == bytes_) return;
  const std::uint64_t room = free_bytes(path_.substr(0, path_.rfind('/') + 1)).value_or(0);
  dropped_ = room < room_factor * bytes_;
  if (dropped_) return;
  const int descriptor = open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return;
  // Real blocks, not a hole. Without them it is no ballast, and the next renew() tries again.
  dropped_ = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes_)) != 0;
  close(descriptor);
  if (dropped_) unlink(path_.c_str());
}

void Ballast::drop() {
  if (bytes_ == 0) return;
  unlink(path_.c_str());
  dropped_ = true;
}

void Ballast::renew() {
  if (!dropped_) return;
  try {
    make();
  } catch (const std::bad_alloc&) {
    // The commit went well all the same; the next one tries again.
  }
}

}  // namespace truce::sqlite
