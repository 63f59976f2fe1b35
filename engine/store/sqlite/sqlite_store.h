// The port's store in one SQLite file. What it promises and how: docs/store.md.
//
// One process a file: PATH.lock is held for the life of the store. One connection writes and
// checkpoints, others only read; nothing else may open or close PATH in this process, or SQLite's
// locks are lost. The process should ignore SIGXFSZ (a file size limit is then `store-full` and not
// the end of the process) and should have umask 077.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/port/store.h"

namespace truce {

struct SqliteOptions {
  // The whole file is checked at start up to this size (PRAGMA quick_check, about 1 GB in seconds).
  std::uint64_t check_at_start_bytes_max = std::uint64_t{1} << 30;
  // From here on the write-ahead log is copied into the file. Twice as much closes every view that
  // keeps it from being started again, so that it stays below 64 MiB by a margin for one
  // transaction.
  std::uint64_t checkpoint_at_bytes = std::uint64_t{16} << 20;
  std::uint64_t wal_bytes_max = std::uint64_t{64} << 20;
  // A read that takes longer gives `busy`; a view held for longer is the first to be closed.
  std::uint64_t read_deadline_ms = 5000;
  // How long a transaction waits for views to end by themselves before it closes them.
  std::uint64_t view_grace_ms = 1000;
  std::uint64_t writer_cache_bytes = std::uint64_t{8} << 20U;
  std::uint64_t reader_cache_bytes = std::uint64_t{2} << 20;
  // A file beside the database that is removed when the disk is full, so that what makes room can
  // still be written; made again when there is room. 0: none.
  std::uint64_t ballast_bytes = std::uint64_t{1} << 20;
  // The files that are made beside the database go when it is closed, where they were not there
  // before: for a command, which may look at a copy in a folder of backups.
  bool leaves_no_trace = false;

  // For tests. The name of a registered sqlite3_vfs; empty: the default one.
  std::string vfs;
  // For tests: migrations behind the store's own.
  std::vector<std::string> later_migrations;
};

// Opens the file, or makes it (mode 0600, its directory 0700), and brings its schema up to date.
// `store-locked`: another process has it (the message says which). `store-too-new`: written by a
// newer version. `store-corrupt`: damaged, or no store of ours. `store-read-only`: no right to
// write it or beside it. `store-full`.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                 const SqliteOptions& options = {});

}  // namespace truce
