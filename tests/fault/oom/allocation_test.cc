// R7: SQLite's Nth allocation fails. Memory that our own code asks for is not touched here: the
// process ends then, and its restart is R1.
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <cstdint>

#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

sqlite3_mem_methods real_memory;
std::uint64_t allocations = 0;
std::uint64_t failing = 0;  // 0: none
bool for_ever = false;
bool struck = false;

bool fails() {
  ++allocations;
  const bool now = failing != 0 && (for_ever ? allocations >= failing : allocations == failing);
  struck = struck || now;
  return now;
}

void* allocate(int bytes) { return fails() ? nullptr : real_memory.xMalloc(bytes); }
void* reallocate(void* block, int bytes) {
  return fails() ? nullptr : real_memory.xRealloc(block, bytes);
}

void use_failing_memory() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    sqlite3_mem_methods methods = real_memory;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    // Without this small blocks come from a store that was filled before.
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
  }();
  REQUIRE(done);
}

void arm(std::uint64_t nth, bool all_later_ones) {
  allocations = 0;
  failing = nth;
  for_ever = all_later_ones;
  struck = false;
}

void disarm() { failing = 0; }

void work(Store& store, Ledger& ledger) {
  for (int i = 0; i < 4; ++i) {
    ledger.send(store, 3);
    const auto view = store.read();
    view->list_audit({});
    view->count_all();
  }
}

// False: the failure did not come any more.
bool survives(std::uint64_t nth, bool all_later_ones, bool from_the_start) {
  const ScratchDirectory directory;
  Ledger ledger;
  SqliteOptions options;
  options.ballast_bytes = 0;
  options.checkpoint_at_bytes = 64 << 10;
  if (from_the_start) arm(nth, all_later_ones);
  {
    auto store = open_sqlite_store(directory.database(), options);
    if (!from_the_start) arm(nth, all_later_ones);
    if (store) work(**store, ledger);
  }
  const bool came = struck;
  disarm();
  INFO("allocation " << nth << (all_later_ones ? " and all later ones" : "")
                     << (from_the_start ? " from the opening" : " of the work"));
  REQUIRE(find_fault(directory.database(), ledger, options) == "");
  return came;
}

}  // namespace

TEST_CASE(
    "R7: whatever allocation of the database fails, nothing acknowledged is lost or doubled") {
  use_failing_memory();
  const std::uint64_t allocations_max = 2000;
  const std::uint64_t stride = is_nightly() ? 1 : 31;
  for (const bool all_later_ones : {false, true}) {
    for (const bool from_the_start : {false, true}) {
      for (std::uint64_t nth = 1; nth <= allocations_max; nth += stride) {
        if (!survives(nth, all_later_ones, from_the_start)) break;
      }
    }
  }
}
