#include "engine/store/sqlite/gathering_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <new>

namespace truce::sqlite {
namespace {

// SQLite's unix VFS takes less than 128 KiB a call (seekAndWriteFd in os_unix.c), and a page is 64
// KiB at most.
constexpr std::size_t gathered_bytes_max = std::size_t{120} << 10;

// Bytes that follow on in one file. Room is taken once: nothing of SQLite's may throw.
class Gathered {
 public:
  Gathered() { bytes_.reserve(gathered_bytes_max); }

  bool takes(sqlite3_int64 offset, std::size_t amount) const {
    return bytes_.size() + amount <= gathered_bytes_max && (bytes_.empty() || offset == end());
  }
  void add(const void* data, std::size_t amount, sqlite3_int64 offset) {
    if (bytes_.empty()) start_ = offset;
    bytes_.append(static_cast<const char*>(data), amount);
  }
  // What cannot be written is forgotten: whoever is told so takes it back.
  int write_to(sqlite3_file* file) {
    if (bytes_.empty()) return SQLITE_OK;
    const int code =
        file->pMethods->xWrite(file, bytes_.data(), static_cast<int>(bytes_.size()), start_);
    bytes_.clear();
    return code;
  }

 private:
  sqlite3_int64 end() const { return start_ + static_cast<sqlite3_int64>(bytes_.size()); }

  std::string bytes_;
  sqlite3_int64 start_ = 0;
};

// SQLite allocates szOsFile bytes: this, and behind it the file of the file system below.
struct GatheringFile {
  sqlite3_file base;
  sqlite3_file* real;
  Gathered* gathered;
};

GatheringFile& self(sqlite3_file* file) { return *reinterpret_cast<GatheringFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file).real; }
const sqlite3_io_methods* methods(sqlite3_file* file) { return real(file)->pMethods; }
int write_gathered(sqlite3_file* file) { return self(file).gathered->write_to(real(file)); }

int close_file(sqlite3_file* file) {
  const int written = write_gathered(file);
  delete self(file).gathered;
  const int closed = methods(file)->xClose(real(file));
  return written != SQLITE_OK ? written : closed;
}

int read_file(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  const int written = write_gathered(file);
  return written != SQLITE_OK ? written : methods(file)->xRead(real(file), buffer, amount, offset);
}

int write_file(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
  Gathered& gathered = *self(file).gathered;
  const auto bytes = static_cast<std::size_t>(amount);
  if (!gathered.takes(offset, bytes)) {
    if (const int written = write_gathered(file); written != SQLITE_OK) return written;
  }
  if (bytes > gathered_bytes_max) return methods(file)->xWrite(real(file), data, amount, offset);
  gathered.add(data, bytes, offset);
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int written = write_gathered(file);
  return written != SQLITE_OK ? written : methods(file)->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  const int written = write_gathered(file);
  return written != SQLITE_OK ? written : methods(file)->xSync(real(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const int written = write_gathered(file);
  return written != SQLITE_OK ? written : methods(file)->xFileSize(real(file), size);
}

int lock(sqlite3_file* file, int level) { return methods(file)->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return methods(file)->xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* result) {
  return methods(file)->xCheckReservedLock(real(file), result);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return methods(file)->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return methods(file)->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) {
  return methods(file)->xDeviceCharacteristics(real(file));
}

// Version 1: shared memory hangs on the database's file, and a log is never mapped.
constexpr sqlite3_io_methods gathering_methods = {
    1,       close_file, read_file,  write_file, truncate_file, sync_file,       file_size,
    lock,    unlock,     check_lock, control,    sector_size,   characteristics, nullptr,
    nullptr, nullptr,    nullptr,    nullptr,    nullptr};

sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const base = below(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) {
    return base->xOpen(base, path, file, flags, out_flags);
  }
  GatheringFile& gathering = self(file);
  gathering.base.pMethods = nullptr;
  gathering.real = reinterpret_cast<sqlite3_file*>(&gathering + 1);
  std::unique_ptr<Gathered> gathered;
  try {
    gathered = std::make_unique<Gathered>();
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
  const int code = base->xOpen(base, path, gathering.real, flags, out_flags);
  if (!gathering.real->pMethods) return code;
  gathering.base.pMethods = &gathering_methods;
  gathering.gathered = gathered.release();
  return code;
}

// The file system below is asked with itself, for it may keep things beside its methods.
int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  return below(vfs)->xDelete(below(vfs), path, sync_directory);
}
int access_file(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  return below(vfs)->xAccess(below(vfs), path, flags, result);
}
int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return below(vfs)->xFullPathname(below(vfs), path, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return below(vfs)->xRandomness(below(vfs), size, out);
}
int sleep(sqlite3_vfs* vfs, int microseconds) {
  return below(vfs)->xSleep(below(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* time) {
  return below(vfs)->xCurrentTime(below(vfs), time);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return below(vfs)->xGetLastError(below(vfs), size, out);
}

// Registered with its name's storage, both for ever.
struct Registered {
  std::string name;
  sqlite3_vfs vfs{};
};

void fill(Registered& registered, sqlite3_vfs* base) {
  sqlite3_vfs& vfs = registered.vfs;
  vfs.iVersion = 1;  // no extensions are loaded, and no system call is exchanged
  vfs.szOsFile = static_cast<int>(sizeof(GatheringFile)) + base->szOsFile;
  vfs.mxPathname = base->mxPathname;
  vfs.zName = registered.name.c_str();
  vfs.pAppData = base;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
}

}  // namespace

std::string gathering_vfs(const std::string& base) {
  static std::mutex mutex;
  static auto& known = *new std::map<std::string, Registered>;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(base); found != known.end()) return found->second.name;
  sqlite3_vfs* const below = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (!below) return base;
  Registered& registered = known[base];
  registered.name = std::string("gathering ") + below->zName;
  fill(registered, below);
  if (sqlite3_vfs_register(&registered.vfs, 0) != SQLITE_OK) {
    known.erase(base);
    return base;
  }
  return registered.name;
}

}  // namespace truce::sqlite
