// R19 and R20: readers beside the writer.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

constexpr std::uint64_t wal_bytes_max = 64 << 20;

std::uint64_t wal_bytes(const ScratchDirectory& directory) {
  return std::filesystem::file_size(directory.database() + "-wal");
}

// Reads pages of everything until told to stop. Gives how many views failed.
int read_until(Store& store, const std::atomic<bool>& stop) {
  int failures = 0;
  while (!stop) {
    const auto view = store.read();
    const std::uint64_t receipts = view->count_all().receipts;
    const std::optional<AuditEntry> last = view->last_audit();
    view->due_deliveries({}, Time::end(), 10);
    view->list_audit({0, 10, {}, {}});
    // One consistent state: as many receipts as entries.
    if (view->failure() || receipts != (last ? last->sequence : 0)) ++failures;
  }
  return failures;
}

}  // namespace

TEST_CASE("R19: readers and the writer never see each other's locks") {
  const ScratchDirectory directory;
  SqliteOptions options;
  options.checkpoint_at_bytes = 512 << 10;  // checkpoints all the time
  options.view_grace_ms = 60'000;           // of a slow machine
  auto store = open_sqlite_store(directory.database(), options);
  REQUIRE(store);
  std::atomic<bool> stop = false;
  std::atomic<int> failures = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] { failures += read_until(**store, stop); });
  }
  Ledger ledger;
  const int transactions = is_nightly() ? 3000 : 150;
  for (int i = 0; i < transactions; ++i) CHECK(ledger.send(**store, 5));
  stop = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(failures == 0);
  store->reset();
  CHECK(find_fault(directory.database(), ledger) == "");
}

TEST_CASE("R20: a view that is held for ever does not make the log grow for ever") {
  const ScratchDirectory directory;
  auto store = open_sqlite_store(directory.database());
  REQUIRE(store);
  Ledger ledger;
  REQUIRE(ledger.send(**store));
  const auto stalled = (*store)->read();
  CHECK(stalled->count_all().receipts == 1);
  std::uint64_t greatest = 0;
  std::uint64_t written = 0;
  while (written < 3 * wal_bytes_max / 2) {
    REQUIRE(ledger.send(**store, 4, 200'000));
    written += 4 * 200'000;
    greatest = std::max(greatest, wal_bytes(directory));
  }
  CHECK(greatest < wal_bytes_max);
  stalled->count_all();
  REQUIRE(stalled->failure());
  CHECK(stalled->failure()->code == Code::busy);
  CHECK((*store)->read()->count_all().receipts == ledger.acknowledged.size());
}

TEST_CASE("R20: a read that takes too long is ended, and the next view works") {
  const ScratchDirectory directory;
  Ledger ledger;
  {
    auto store = open_sqlite_store(directory.database());
    REQUIRE(store);
    REQUIRE(ledger.send(**store, 300));
  }
  SqliteOptions options;
  options.read_deadline_ms = 0;
  auto store = open_sqlite_store(directory.database(), options);
  REQUIRE(store);
  DeliveryFilter all;
  all.limit = 1'000'000;
  all.system = SystemName("nobody");
  // Long enough for the clock to be looked at.
  const auto view = (*store)->read();
  for (int i = 0; i < 100 && !view->failure(); ++i) view->list_deliveries(all);
  REQUIRE(view->failure());
  CHECK(view->failure()->code == Code::busy);
  CHECK_FALSE((*store)->read()->failure());
  CHECK(ledger.send(**store));
}
