// R8: what the store itself makes of bits that changed at rest. Finding all of them is the audit's
// job.
#include <catch2/catch.hpp>

#include "tests/fault/support/flip_bits.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

TEST_CASE("R8: a store with flipped bits is refused or works on, and never ends the process") {
  const ScratchDirectory directory;
  Ledger ledger;
  {
    auto store = open_sqlite_store(directory.database());
    REQUIRE(store);
    REQUIRE(ledger.send(**store, 40));
  }
  std::mt19937 dice(8);
  int refused = 0;
  const int copies = is_nightly() ? 500 : 60;
  for (int i = 0; i < copies; ++i) {
    const ScratchDirectory copy;
    REQUIRE(copy_with_flipped_bits(directory.database(), copy.database(), 1 + i % 4 * 50, dice));
    auto store = open_sqlite_store(copy.database());
    if (!store) {
      ++refused;
      continue;
    }
    Ledger later;
    later.last = 1000;
    const auto view = (*store)->read();
    for (std::uint64_t number = 1; number <= 40; ++number) {
      view->sources_of(GoldenId("g" + std::to_string(number)));
    }
    view->list_audit({});
    view->count_all();
    for (int n = 0; n < 3; ++n) (void)later.send(**store);
  }
  CHECK(refused > 0);
  CHECK(refused < copies);
}
