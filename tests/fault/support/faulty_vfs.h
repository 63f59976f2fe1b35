// A file system for SQLite that fails when it is told to, over the real one.
//
// The fault model:
// - A call may fail: the Nth write, sync, truncate, read or mapping of shared memory from now on,
// once
//   or for ever after, with any code. A failing write may first have written all of its bytes: the
//   answer of a disk is not to be trusted in either direction.
// - The room may end: a write that makes a file longer than the room allows gives SQLITE_FULL.
// - The power may fail at any write, sync or truncate. What a file held at its last sync is there.
// Of
//   what was written since, each write is there, is not there, or is torn: some of its 512-byte
//   sectors are there; in any combination, since disks reorder. A truncation is there or not.
// - A file that was never synced may be missing. Once synced it is found under its name (SQLite's
// unix
//   VFS syncs the directory with the first sync of a log, and the store does after opening).
// - A sync that fails has not made anything durable, and what it should have written may be lost
// though
//   it can still be read.
// Not modelled: bytes that change at rest (see flip_bit), files that are exchanged under the
// program. Shared memory (-shm) does not outlive a power failure; SQLite makes it anew.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace truce::fault {

enum class Call { write, sync, truncate, read, map };
const std::vector<Call>& all_calls();
const char* name_of(Call call);

struct Failure {
  Call call = Call::write;
  std::uint64_t nth = 1;  // counted from the moment of arming
  int code = SQLITE_IOERR;
  bool for_ever = false;
  bool writes_first = false;  // a failing write or sync has done its work
};

// What would be on the disk after a power failure at one moment.
struct DiskImage {
  struct Change {
    bool truncates = false;
    std::uint64_t offset = 0;  // or the new length
    std::string bytes;
  };
  struct File {
    std::string synced;  // content at the last sync
    bool ever_synced = false;
    std::vector<Change> changes;  // since then
  };
  std::map<std::string, File> files;  // by absolute path

  // Writes what survived into `directory`, by the files' own names. The same dice, the same
  // survivors.
  void write_survivors(const std::filesystem::path& directory, std::mt19937& dice) const;
};

// One for the process, under the name "faulty". Not for two threads at once.
class FaultyVfs {
 public:
  static constexpr char name[] = "faulty";
  static FaultyVfs& instance();

  // No faults, counts at zero, nothing known of any disk.
  void reset();
  void arm(const Failure& failure);
  void disarm() { failure_.reset(); }
  // Whether the armed failure has come.
  bool has_struck() const { return struck_; }
  std::uint64_t count(Call call) const { return counts_[static_cast<std::size_t>(call)]; }
  // Bytes that all files together may grow by from now on; no number: without end.
  void set_room(std::optional<std::uint64_t> bytes) { room_ = bytes; }
  // Called before each write, sync and truncate, with the disk as a power failure would leave it.
  // Without a watcher nothing is kept of the disk.
  void watch(std::function<void(const DiskImage&)> watcher) { watcher_ = std::move(watcher); }

  // For the shim itself. SQLITE_OK: go on.
  int before(Call call);
  int take_room(std::uint64_t bytes);
  bool writes_before_failing() const { return failure_ && failure_->writes_first; }
  bool is_watched() const { return static_cast<bool>(watcher_); }
  void tell_watcher();
  DiskImage& disk() { return disk_; }

 private:
  FaultyVfs();
  std::optional<Failure> failure_;
  bool struck_ = false;
  std::uint64_t counts_[5] = {};
  std::optional<std::uint64_t> room_;
  std::function<void(const DiskImage&)> watcher_;
  DiskImage disk_;
};

}  // namespace truce::fault
