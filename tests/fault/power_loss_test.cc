// R1: the power fails, and the disk keeps what was synced and any part of the rest.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/fault/support/faulty_vfs.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

struct Cut {
  DiskImage disk;
  Ledger ledger;  // as the client knew it then
};

// Runs some work and keeps what the disk would hold at every `every`th call that changes it.
std::vector<Cut> cuts_of_a_run(std::uint64_t every) {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  std::vector<Cut> cuts;
  Ledger ledger;
  std::uint64_t calls = 0;
  vfs.watch([&](const DiskImage& disk) {
    if (++calls % every == 0) cuts.push_back({disk, ledger});
  });
  {
    SqliteOptions options;
    options.vfs = FaultyVfs::name;
    options.ballast_bytes = 0;
    options.writer_cache_bytes = 128 << 10;
    options.checkpoint_at_bytes = 256 << 10;
    auto store = open_sqlite_store(directory.database(), options);
    REQUIRE(store);
    for (int i = 0; i < 30; ++i) {
      const std::uint64_t count = i % 5 == 4 ? 15 : 1;
      REQUIRE(ledger.send(**store, count, i % 3 == 0 ? 3000 : 100));
    }
  }
  vfs.reset();
  return cuts;
}

}  // namespace

TEST_CASE("R1: after a power failure at any moment every acknowledged event is there once") {
  const std::vector<Cut> cuts = cuts_of_a_run(is_weekly() ? 1 : is_nightly() ? 5 : 23);
  REQUIRE(cuts.size() > 30);
  const unsigned survivals = is_weekly() ? 6 : 2;
  std::mt19937 dice(20261121);
  std::size_t empty_files = 0;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    // What is in flight when the power fails may be there.
    Ledger ledger = cuts[i].ledger;
    for (std::uint64_t number = ledger.last + 1; number <= ledger.last + 100; ++number) {
      ledger.unknown.insert(number);
    }
    for (std::uint64_t number = 1; number <= ledger.last; ++number) {
      if (!ledger.acknowledged.contains(number)) ledger.unknown.insert(number);
    }
    for (unsigned survival = 0; survival < survivals; ++survival) {
      const ScratchDirectory after;
      cuts[i].disk.write_survivors(after.path(), dice);
      empty_files += ledger.acknowledged.empty();
      INFO("cut " << i << " of " << cuts.size() << ", survival " << survival << ", acknowledged "
                  << ledger.acknowledged.size());
      REQUIRE(find_fault(after.database(), ledger) == "");
    }
  }
  CHECK(empty_files < survivals * cuts.size());
}

TEST_CASE("R1: the model of power failures finds a store that does not sync its commits") {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  // A sync that says it is done and has done nothing stands for synchronous=OFF.
  DiskImage last;
  vfs.watch([&](const DiskImage& disk) {
    if (last.files.empty() || vfs.count(Call::sync) < 20) last = disk;
  });
  Ledger ledger;
  SqliteOptions options;
  options.vfs = FaultyVfs::name;
  options.ballast_bytes = 0;
  auto store = open_sqlite_store(directory.database(), options);
  REQUIRE(store);
  for (int i = 0; i < 40; ++i) REQUIRE(ledger.send(**store));
  const ScratchDirectory after;
  std::mt19937 dice(1);
  last.write_survivors(after.path(), dice);
  CHECK(find_fault(after.database(), ledger) != "");
  vfs.reset();
}
