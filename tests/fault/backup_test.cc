// R22: backups under load.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/fault/support/child.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

// What a copy must have: exactly the events that its trail names, each whole.
Ledger ledger_of(const std::string& path) {
  Ledger ledger;
  auto store = open_sqlite_store(path);
  REQUIRE(store);
  const std::uint64_t events = (*store)->read()->count_all().audit_entries;
  for (std::uint64_t number = 1; number <= events; ++number) ledger.acknowledged.insert(number);
  return ledger;
}

}  // namespace

TEST_CASE("R22: each of twenty backups under load is a whole earlier state") {
  const ScratchDirectory directory;
  const ScratchDirectory copies;
  auto store = open_sqlite_store(directory.database());
  REQUIRE(store);
  std::atomic<bool> stop = false;
  Ledger ledger;
  REQUIRE(ledger.send(**store, 5));
  std::thread writer([&] {
    while (!stop) (void)ledger.send(**store, 2, 1000);
  });
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string copy = (copies.path() / ("copy" + std::to_string(i) + ".db")).string();
    const Result<void> done = (*store)->backup(copy);
    CAPTURE(i);
    CHECK(done);
    CHECK(std::filesystem::exists(copy));
    CHECK_FALSE(std::filesystem::exists(copy + "-wal"));
  }
  stop = true;
  writer.join();
  for (int i = 0; i < 20; ++i) {
    const std::string copy = (copies.path() / ("copy" + std::to_string(i) + ".db")).string();
    const Ledger expected = ledger_of(copy);
    CAPTURE(i);
    CHECK(expected.acknowledged.size() >= last);
    last = expected.acknowledged.size();
    REQUIRE(find_fault(copy, expected) == "");
  }
  CHECK(last <= ledger.acknowledged.size());
  CHECK(last >= 5);
}

TEST_CASE("R22: kill -9 in the middle of a backup leaves no file of its name") {
  const ScratchDirectory directory;
  {
    auto store = open_sqlite_store(directory.database());
    REQUIRE(store);
    Ledger ledger;
    REQUIRE(ledger.send(**store, 100, 20'000));
  }
  const std::string copy = (directory.path() / "copy.db").string();
  int unfinished = 0;
  for (std::chrono::microseconds wait(1); wait < std::chrono::seconds(60) && unfinished < 5;
       wait = wait * 5 / 4 + std::chrono::microseconds(1)) {
    Child child([&](const Child::Say& say) {
      auto store = open_sqlite_store(directory.database());
      say(1);
      return (*store)->backup(copy) ? 0 : 1;
    });
    REQUIRE(child.hear());
    let_work(wait);
    child.kill();
    const bool finished = child.status() == 0;
    if (std::filesystem::exists(copy)) {
      // It has its name only when it is whole.
      REQUIRE(find_fault(copy, ledger_of(copy)) == "");
      std::filesystem::remove(copy);
      if (finished) break;
    } else {
      ++unfinished;
    }
  }
  CHECK(unfinished > 0);
  // What a killed one left is no obstacle to the next.
  auto store = open_sqlite_store(directory.database());
  REQUIRE(store);
  CHECK((*store)->backup(copy));
  CHECK_FALSE(std::filesystem::exists(copy + ".partial"));
}
