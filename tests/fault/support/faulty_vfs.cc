#include "tests/fault/support/faulty_vfs.h"

#include <cstring>
#include <fstream>

namespace truce::fault {
namespace {

constexpr std::size_t sector_bytes = 512;

// SQLite allocates szOsFile bytes: this, and behind it the real file.
struct FaultyFile {
  sqlite3_file base;
  sqlite3_file* real;
  const char* path;  // null: a temporary file without a name
};

FaultyFile& self(sqlite3_file* file) { return *reinterpret_cast<FaultyFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file).real; }
const sqlite3_io_methods* methods(sqlite3_file* file) { return real(file)->pMethods; }

DiskImage::File* disk_file(sqlite3_file* file) {
  FaultyVfs& vfs = FaultyVfs::instance();
  if (!vfs.is_watched() || !self(file).path) return nullptr;
  return &vfs.disk().files[self(file).path];
}

void apply(std::string& content, const DiskImage::Change& change) {
  if (change.truncates) {
    content.resize(change.offset);
    return;
  }
  if (content.size() < change.offset + change.bytes.size()) {
    content.resize(change.offset + change.bytes.size());
  }
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

int close_file(sqlite3_file* file) { return methods(file)->xClose(real(file)); }

int read_file(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  if (const int code = FaultyVfs::instance().before(Call::read); code != SQLITE_OK) return code;
  return methods(file)->xRead(real(file), buffer, amount, offset);
}

int write_file(sqlite3_file* file, const void* buffer, int amount, sqlite3_int64 offset) {
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.tell_watcher();
  const int code = vfs.before(Call::write);
  if (code != SQLITE_OK && !vfs.writes_before_failing()) return code;
  sqlite3_int64 size = 0;
  methods(file)->xFileSize(real(file), &size);
  if (offset + amount > size) {
    const int room = vfs.take_room(static_cast<std::uint64_t>(offset + amount - size));
    if (room != SQLITE_OK) return room;
  }
  if (DiskImage::File* disk = disk_file(file)) {
    const auto* bytes = static_cast<const char*>(buffer);
    disk->changes.push_back({false, static_cast<std::uint64_t>(offset),
                             std::string(bytes, static_cast<std::size_t>(amount))});
  }
  const int done = methods(file)->xWrite(real(file), buffer, amount, offset);
  return code != SQLITE_OK ? code : done;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.tell_watcher();
  if (const int code = vfs.before(Call::truncate); code != SQLITE_OK) return code;
  if (DiskImage::File* disk = disk_file(file)) {
    disk->changes.push_back({true, static_cast<std::uint64_t>(size), {}});
  }
  return methods(file)->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.tell_watcher();
  const int code = vfs.before(Call::sync);
  if (code != SQLITE_OK && !vfs.writes_before_failing()) return code;
  if (DiskImage::File* disk = disk_file(file)) {
    for (const DiskImage::Change& change : disk->changes) apply(disk->synced, change);
    disk->changes.clear();
    disk->ever_synced = true;
  }
  const int done = methods(file)->xSync(real(file), flags);
  return code != SQLITE_OK ? code : done;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return methods(file)->xFileSize(real(file), size);
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
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  if (const int code = FaultyVfs::instance().before(Call::map); code != SQLITE_OK) {
    *memory = nullptr;
    return code;
  }
  return methods(file)->xShmMap(real(file), page, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file)->xShmLock(real(file), offset, count, flags);
}
void barrier(sqlite3_file* file) { methods(file)->xShmBarrier(real(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
  return methods(file)->xShmUnmap(real(file), remove);
}

// Version 2: without xFetch nothing is read past read_file.
constexpr sqlite3_io_methods faulty_methods = {
    2,           close_file, read_file,    write_file, truncate_file, sync_file,       file_size,
    lock,        unlock,     check_lock,   control,    sector_size,   characteristics, map_shared,
    lock_shared, barrier,    unmap_shared, nullptr,    nullptr};

sqlite3_vfs* base_vfs() {
  static sqlite3_vfs* base = sqlite3_vfs_find("unix");
  return base;
}

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  FaultyFile& faulty = self(file);
  faulty.base.pMethods = nullptr;
  faulty.real = reinterpret_cast<sqlite3_file*>(&faulty + 1);
  faulty.path = path;
  const int code = base_vfs()->xOpen(base_vfs(), path, faulty.real, flags, out_flags);
  if (faulty.real->pMethods) faulty.base.pMethods = &faulty_methods;
  return code;
}

int delete_file(sqlite3_vfs*, const char* path, int sync_directory) {
  FaultyVfs::instance().disk().files.erase(path);
  return base_vfs()->xDelete(base_vfs(), path, sync_directory);
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs = *base_vfs();
  vfs.pNext = nullptr;
  vfs.zName = FaultyVfs::name;
  vfs.szOsFile = static_cast<int>(sizeof(FaultyFile)) + base_vfs()->szOsFile;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  return vfs;
}

bool flip(std::mt19937& dice) { return dice() % 2 == 0; }

// Some sectors of a write, the others as they were.
void apply_torn(std::string& content, const DiskImage::Change& change, std::mt19937& dice) {
  for (std::size_t from = 0; from < change.bytes.size(); from += sector_bytes) {
    if (flip(dice)) continue;
    apply(content, {false, change.offset + from, change.bytes.substr(from, sector_bytes)});
  }
}

std::string survivor(const DiskImage::File& file, std::mt19937& dice) {
  std::string content = file.synced;
  const auto kind = dice() % 4;  // nothing, everything, a beginning, any of it
  std::size_t length = kind == 0 ? 0 : file.changes.size();
  if (kind == 2 && length > 0) length = dice() % (length + 1);
  for (std::size_t i = 0; i < length; ++i) {
    const DiskImage::Change& change = file.changes[i];
    const bool last_of_beginning = kind == 2 && i + 1 == length;
    if (kind == 3 && flip(dice)) continue;
    if ((last_of_beginning || (kind == 3 && flip(dice))) && !change.truncates) {
      apply_torn(content, change, dice);
    } else {
      apply(content, change);
    }
  }
  return content;
}

}  // namespace

const std::vector<Call>& all_calls() {
  static const std::vector<Call> calls = {Call::write, Call::sync, Call::truncate, Call::read,
                                          Call::map};
  return calls;
}

const char* name_of(Call call) {
  constexpr const char* names[] = {"write", "sync", "truncate", "read", "map"};
  return names[static_cast<std::size_t>(call)];
}

void DiskImage::write_survivors(const std::filesystem::path& directory, std::mt19937& dice) const {
  for (const auto& [path, file] : files) {
    const std::string content = survivor(file, dice);
    if (!file.ever_synced && flip(dice)) continue;
    std::ofstream out(directory / std::filesystem::path(path).filename(), std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
  }
}

FaultyVfs::FaultyVfs() {
  static sqlite3_vfs vfs = make_vfs();
  sqlite3_vfs_register(&vfs, 0);
}

FaultyVfs& FaultyVfs::instance() {
  static FaultyVfs vfs;
  return vfs;
}

void FaultyVfs::reset() {
  failure_.reset();
  struck_ = false;
  for (std::uint64_t& count : counts_) count = 0;
  room_.reset();
  watcher_ = nullptr;
  disk_ = {};
}

void FaultyVfs::arm(const Failure& failure) {
  failure_ = failure;
  struck_ = false;
  for (std::uint64_t& count : counts_) count = 0;
}

int FaultyVfs::before(Call call) {
  const std::uint64_t count = ++counts_[static_cast<std::size_t>(call)];
  if (!failure_ || failure_->call != call) return SQLITE_OK;
  const bool strikes = failure_->for_ever ? count >= failure_->nth : count == failure_->nth;
  if (!strikes) return SQLITE_OK;
  struck_ = true;
  return failure_->code;
}

int FaultyVfs::take_room(std::uint64_t bytes) {
  if (!room_) return SQLITE_OK;
  if (bytes > *room_) return SQLITE_FULL;
  *room_ -= bytes;
  return SQLITE_OK;
}

void FaultyVfs::tell_watcher() {
  if (watcher_) watcher_(disk_);
}

}  // namespace truce::fault
