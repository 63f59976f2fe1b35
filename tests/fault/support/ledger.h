// A store at work under faults, and what must be true of its file afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "engine/port/store.h"
#include "engine/store/sqlite/sqlite_store.h"

namespace truce::fault {

// TRUCE_NIGHTLY=1 asks for the long runs, TRUCE_WEEKLY=1 beside it for the longest.
bool is_nightly();
bool is_weekly();

// A directory that goes with its owner; in memory where there is such a file system, since only the
// real disk would make these tests slow.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string database() const { return (path_ / "truce.db").string(); }

 private:
  std::filesystem::path path_;
};

// Writes what one event writes: raw event, records, keys, delivery, audit entry, receipt.
// Everything is derived from `number`, so that it can be looked for later.
void put_event(Transaction& transaction, std::uint64_t number, std::size_t body_bytes = 200);
// The audit sequence that the next entry must have.
std::uint64_t next_audit(ReadView& view);

// What became of the events that a test sent, as its client knows it.
struct Ledger {
  std::set<std::uint64_t> acknowledged;  // commit gave a value: must be there
  std::set<std::uint64_t> refused;       // commit said that it is not there: must not be there
  std::set<std::uint64_t> unknown;       // store-unknown-outcome or no answer: may be there, whole
  std::uint64_t last = 0;

  // Events `count` in one transaction. Gives the commit's result. After a refusal other than
  // store-unknown-outcome the same numbers are not sent again.
  Result<void> send(Store& store, std::uint64_t count = 1, std::size_t body_bytes = 200);
};

// Opens the file without faults and compares: every acknowledged event is there exactly once with
// all its rows, no refused one is, unknown ones are there whole or not at all, the audit sequences
// are 1, 2, 3, …, the counts agree with the rows and SQLite finds the file sound. Gives what is
// wrong, or nothing.
std::string find_fault(const std::string& path, const Ledger& ledger,
                       const SqliteOptions& options = {});

}  // namespace truce::fault
