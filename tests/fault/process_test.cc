// R1 and R18: the process is killed, and another one wants the same file.
#include <catch2/catch.hpp>
#include <random>

#include "tests/fault/support/child.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

// Sends events and says the number of each that was acknowledged, until it is killed.
int work_for_ever(const std::string& path, std::uint64_t first, const Child::Say& say) {
  auto store = open_sqlite_store(path);
  if (!store) return 1;
  Ledger ledger;
  ledger.last = first - 1;
  for (;;) {
    const std::uint64_t from = ledger.last + 1;
    if (!ledger.send(**store, 1 + from % 7, from % 3 * 2000)) return 2;
    for (std::uint64_t number = from; number <= ledger.last; ++number) say(number);
  }
}

}  // namespace

TEST_CASE("R1: after kill -9 at any moment every acknowledged event is there once") {
  const ScratchDirectory directory;
  const int kills = is_nightly() ? 200 : 15;
  std::mt19937 dice(7);
  Ledger ledger;
  for (int i = 0; i < kills; ++i) {
    const std::uint64_t first = ledger.last + 1;
    Child child(
        [&](const Child::Say& say) { return work_for_ever(directory.database(), first, say); });
    // Some numbers, and then a moment inside the work that no message marks.
    for (std::uint64_t heard = dice() % 12; heard > 0; --heard) {
      const std::optional<std::uint64_t> number = child.hear();
      REQUIRE(number);
      ledger.acknowledged.insert(*number);
    }
    let_work(std::chrono::microseconds(dice() % 3000));
    child.kill();
    while (const std::optional<std::uint64_t> number = child.hear()) {
      ledger.acknowledged.insert(*number);
    }
    CHECK(child.status() == -1);
    // Whatever it was doing when it was killed, at most one transaction.
    ledger.last = ledger.acknowledged.empty() ? first - 1 : *ledger.acknowledged.rbegin();
    for (int next = 0; next < 8; ++next) ledger.unknown.insert(++ledger.last);
    INFO("kill " << i << " after " << ledger.acknowledged.size() << " events");
    REQUIRE(find_fault(directory.database(), ledger) == "");
  }
}

TEST_CASE(
    "R18: a second process is refused and told who has the file; a killed one leaves it free") {
  const ScratchDirectory directory;
  Child holder([&](const Child::Say& say) { return work_for_ever(directory.database(), 1, say); });
  REQUIRE(holder.hear());
  const auto second = open_sqlite_store(directory.database());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::store_locked);
  CHECK(second.error().message.find("process " + std::to_string(holder.id())) != std::string::npos);
  holder.kill();
  CHECK(holder.status() == -1);
  CHECK(open_sqlite_store(directory.database()));
}

TEST_CASE("R18: the same process cannot open the file twice either") {
  const ScratchDirectory directory;
  auto first = open_sqlite_store(directory.database());
  REQUIRE(first);
  const auto second = open_sqlite_store(directory.database());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::store_locked);
  first->reset();
  CHECK(open_sqlite_store(directory.database()));
}
