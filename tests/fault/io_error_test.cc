// R6: any call to the disk may fail.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/fault/support/faulty_vfs.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

constexpr std::uint64_t calls_max = 400;

struct Scenario {
  std::string name;
  SqliteOptions options;
  // Works with the store until it has enough or fails.
  std::function<void(Store&, Ledger&)> work;
};

SqliteOptions faulty_options() {
  SqliteOptions options;
  options.vfs = FaultyVfs::name;
  options.ballast_bytes = 0;
  return options;
}

void read_something(Store& store) {
  const auto view = store.read();
  view->list_audit({0, 20, {}, {}});
  view->due_deliveries({}, Time::end(), 20);
  view->count_all();
}

void small_commits(Store& store, Ledger& ledger) {
  for (int i = 0; i < 8; ++i) {
    ledger.send(store);
    read_something(store);
  }
}

void spilling_commits(Store& store, Ledger& ledger) {
  for (int i = 0; i < 3; ++i) ledger.send(store, 30, 3000);
}

void roll_back_often(Store& store, Ledger& ledger) {
  for (int i = 0; i < 4; ++i) {
    {
      const auto transaction = store.begin();
      for (std::uint64_t n = 0; n < 20; ++n) put_event(*transaction, 1'000'000 + n, 3000);
      transaction->set_savepoint();
      put_event(*transaction, 2'000'000, 3000);
      transaction->rollback_to_savepoint();
    }
    ledger.send(store, 2);
  }
}

void back_up_between(Store& store, Ledger& ledger, const std::string& destination) {
  ledger.send(store, 20, 1000);
  (void)store.backup(destination);
  ledger.send(store, 20, 1000);
}

std::vector<Scenario> scenarios(const std::string& backup) {
  std::vector<Scenario> list;
  list.push_back({"small commits and reads", faulty_options(), small_commits});
  list.push_back({"a cache that spills", faulty_options(), spilling_commits});
  list.back().options.writer_cache_bytes = 64 << 10;
  list.push_back({"checkpoints while writing", faulty_options(), spilling_commits});
  list.back().options.checkpoint_at_bytes = 16 << 10;
  list.push_back({"rollbacks", faulty_options(), roll_back_often});
  list.back().options.writer_cache_bytes = 64 << 10;
  list.push_back(
      {"a backup between commits", faulty_options(),
       [backup](Store& store, Ledger& ledger) { back_up_between(store, ledger, backup); }});
  return list;
}

int code_for(Call call) {
  switch (call) {
    case Call::write:
      return SQLITE_IOERR_WRITE;
    case Call::sync:
      return SQLITE_IOERR_FSYNC;
    case Call::truncate:
      return SQLITE_IOERR_TRUNCATE;
    case Call::read:
      return SQLITE_IOERR_READ;
    case Call::map:
      return SQLITE_IOERR_SHMMAP;
  }
  return SQLITE_IOERR;
}

// Opens, works and closes with the failure armed, then looks without it. False: the failure never
// came, and a later call would not come either.
bool survives(const Scenario& scenario, const Failure& failure, bool from_the_start) {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  Ledger ledger;
  if (from_the_start) vfs.arm(failure);
  {
    auto store = open_sqlite_store(directory.database(), scenario.options);
    if (!from_the_start) vfs.arm(failure);
    if (store) {
      scenario.work(**store, ledger);
      // Once the outcome of a write was unknown, nothing is taken any more.
      if (!ledger.unknown.empty()) {
        const Result<void> later = ledger.send(**store);
        REQUIRE_FALSE(later);
        REQUIRE((*store)->read()->failure());
      }
    }
  }
  const bool struck = vfs.has_struck();
  vfs.disarm();
  INFO(scenario.name << ": " << name_of(failure.call) << " " << failure.nth
                     << (failure.for_ever ? " for ever" : " once")
                     << (failure.writes_first ? ", after writing" : "")
                     << (from_the_start ? ", from the opening" : ""));
  INFO("acknowledged " << ledger.acknowledged.size() << ", refused " << ledger.refused.size()
                       << ", unknown " << ledger.unknown.size());
  REQUIRE(find_fault(directory.database(), ledger) == "");
  return struck;
}

}  // namespace

TEST_CASE("R6: whatever call to the disk fails, nothing acknowledged is lost or doubled") {
  const ScratchDirectory backups;
  // All of them in the weekly run, a spread of them otherwise.
  const std::uint64_t stride = is_weekly() ? 1 : is_nightly() ? 7 : 29;
  for (const Scenario& scenario : scenarios((backups.path() / "copy.db").string())) {
    for (const Call call : all_calls()) {
      for (const bool for_ever : {false, true}) {
        for (const bool from_the_start : {false, true}) {
          for (std::uint64_t nth = 1; nth <= calls_max; nth += nth < 4 ? 1 : stride) {
            if (!survives(scenario, {call, nth, code_for(call), for_ever, false}, from_the_start)) {
              break;
            }
            std::filesystem::remove(backups.path() / "copy.db");
          }
        }
      }
    }
  }
}

TEST_CASE("R6: a write or sync that fails although it was done doubles nothing") {
  const ScratchDirectory backups;
  const std::uint64_t stride = is_nightly() ? 1 : 5;
  const std::vector<Scenario> list = scenarios((backups.path() / "copy.db").string());
  for (const std::size_t index : {std::size_t{0}, std::size_t{2}}) {
    for (const Call call : {Call::write, Call::sync}) {
      for (std::uint64_t nth = 1; nth <= calls_max; nth += nth < 4 ? 1 : stride) {
        if (!survives(list[index], {call, nth, code_for(call), false, true}, false)) break;
      }
    }
  }
}

TEST_CASE(
    "R6: after a failed sync of a commit nothing more is taken until the store is opened anew") {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  Ledger ledger;
  {
    auto store = open_sqlite_store(directory.database(), faulty_options());
    REQUIRE(store);
    REQUIRE(ledger.send(**store));
    vfs.arm({Call::sync, 1, SQLITE_IOERR_FSYNC, false, false});
    const Result<void> result = ledger.send(**store);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::store_unknown_outcome);
    vfs.disarm();
    const auto transaction = (*store)->begin();
    REQUIRE(transaction->failure());
    CHECK(transaction->failure()->code == Code::store_unknown_outcome);
    CHECK(transaction->commit().error().code == Code::store_unknown_outcome);
    CHECK((*store)->read()->failure()->code == Code::store_unknown_outcome);
    CHECK((*store)->backup((directory.path() / "copy.db").string()).error().code ==
          Code::store_unknown_outcome);
  }
  CHECK(find_fault(directory.database(), ledger) == "");
}

TEST_CASE("a commit of many pages takes few writes, all before its sync") {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  auto store = open_sqlite_store(directory.database(), faulty_options());
  REQUIRE(store);
  Ledger ledger;
  REQUIRE(ledger.send(**store));
  vfs.arm({Call::write, 0, SQLITE_IOERR_WRITE, false, false});  // counts, and never strikes
  REQUIRE(ledger.send(**store, 200, 3000));
  CHECK(vfs.count(Call::sync) == 1);
  CHECK(vfs.count(Call::write) >= 200 * 3000 / (128 << 10));
  CHECK(vfs.count(Call::write) <= 40);
}
