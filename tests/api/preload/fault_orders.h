// What a running `truce` is to suffer from its operating system. Test and process share one of
// these through a mapped file, so that a test may give and take orders while the process works.
//
// The fault model: syncs of the database and its log may take long, fail (having done nothing), or
// be the last thing the process does; writes to both may be refused whole; the wall clock may jump.
#pragma once

#include <atomic>
#include <cstdint>

namespace truce::test {

struct FaultOrders {
  std::atomic<std::int64_t> sync_delay_ms;  // before the sync itself
  // Of the log, one for each commit.
  std::atomic<std::int64_t> syncs_begun;
  std::atomic<std::int64_t> syncs_done;  // that went well
  // Counted down by the log's syncs; the one that finds 1 fails with EIO, and `sync_failed` is set
  // before it returns.
  std::atomic<std::int64_t> sync_that_fails;
  std::atomic<std::int64_t> sync_failed;
  // The same; the process is killed when the sync has been done.
  std::atomic<std::int64_t> sync_that_kills;
  std::atomic<std::int64_t> write_errno;  // of every write; 0: none fails
  std::atomic<std::int64_t> clock_offset_s;
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

}  // namespace truce::test
