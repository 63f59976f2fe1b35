// Loaded into `truce` before its C library (LD_PRELOAD): does what fault_orders.h says.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "tests/api/preload/fault_orders.h"

namespace {

using truce::test::FaultOrders;

template <class Call>
Call* next_of(const char* name) {
  return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}

FaultOrders* map_orders() {
  const char* path = std::getenv("TRUCE_FAULT_ORDERS");
  const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return nullptr;
  void* memory = mmap(nullptr, sizeof(FaultOrders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<FaultOrders*>(memory);
}

FaultOrders* orders() {
  static FaultOrders* const mapped = map_orders();
  return mapped;
}

enum class File { other, database, log };

File file_of(int descriptor) {
  char link[64] = "/proc/self/fd/";
  std::size_t end = 14;
  char digits[16];
  std::size_t count = 0;
  for (int left = descriptor; count == 0 || left > 0; left /= 10) {
    digits[count++] = static_cast<char>('0' + left % 10);
  }
  while (count > 0) link[end++] = digits[--count];
  char target[4096];
  const ssize_t length = readlink(link, target, sizeof target);
  if (length <= 0) return File::other;
  const std::string_view path(target, static_cast<std::size_t>(length));
  if (path.ends_with(".db-wal")) return File::log;
  return path.ends_with(".db") ? File::database : File::other;
}

bool is_struck(std::atomic<std::int64_t>& countdown) {
  return countdown > 0 && countdown.fetch_sub(1) == 1;
}

int sync_with(int (*real)(int), int descriptor) {
  FaultOrders* const told = orders();
  const File file = told == nullptr ? File::other : file_of(descriptor);
  if (file == File::other) return real(descriptor);
  if (file == File::log) ++told->syncs_begun;
  if (const std::int64_t delay_ms = told->sync_delay_ms; delay_ms > 0) {
    const timespec pause{delay_ms / 1000, delay_ms % 1000 * 1'000'000};
    nanosleep(&pause, nullptr);
  }
  if (file == File::log && is_struck(told->sync_that_fails)) {
    told->sync_failed = 1;
    errno = EIO;
    return -1;
  }
  const int result = real(descriptor);
  if (file != File::log) return result;
  if (is_struck(told->sync_that_kills)) kill(getpid(), SIGKILL);
  if (result == 0) ++told->syncs_done;
  return result;
}

bool refuses_write(int descriptor) {
  FaultOrders* const told = orders();
  const int error = told == nullptr ? 0 : static_cast<int>(told->write_errno);
  if (error == 0 || file_of(descriptor) == File::other) return false;
  errno = error;
  return true;
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
  static const auto real = next_of<int(int)>("fsync");
  return sync_with(real, descriptor);
}

int fdatasync(int descriptor) {
  static const auto real = next_of<int(int)>("fdatasync");
  return sync_with(real, descriptor);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t offset) {
  static const auto real = next_of<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return refuses_write(descriptor) ? -1 : real(descriptor, bytes, count, offset);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto real = next_of<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  FaultOrders* const told = clock == CLOCK_REALTIME ? orders() : nullptr;
  if (told != nullptr) time->tv_sec += told->clock_offset_s;
  return result;
}
}
