// R4 and R5: no room is left, by the disk or by a limit on files.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/fault/support/faulty_vfs.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

TEST_CASE(
    "R4: a full disk refuses writes, keeps reads, and takes writes again when there is room") {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  Ledger ledger;
  {
    SqliteOptions options;
    options.vfs = FaultyVfs::name;
    options.ballast_bytes = 0;
    options.checkpoint_at_bytes = 128 << 10;
    auto opened = open_sqlite_store(directory.database(), options);
    REQUIRE(opened);
    Store& store = **opened;
    REQUIRE(ledger.send(store, 10));
    vfs.set_room(300'000);
    int refusals = 0;
    for (int i = 0; i < 60; ++i) {
      const Result<void> result = ledger.send(store, 3, 2000);
      if (result) continue;
      ++refusals;
      CHECK(result.error().code == Code::store_full);
      // Reads go on.
      const auto view = store.read();
      CHECK(view->count_all().receipts == ledger.acknowledged.size());
      CHECK_FALSE(view->failure());
    }
    CHECK(refusals > 10);
    vfs.set_room(std::nullopt);
    CHECK(ledger.send(store));
    CHECK(ledger.send(store, 30, 2000));
  }
  CHECK(find_fault(directory.database(), ledger) == "");
}

TEST_CASE("R4: the ballast goes when the disk is full and comes back when there is room") {
  const ScratchDirectory directory;
  const std::filesystem::path ballast = directory.database() + ".ballast";
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  SqliteOptions options;
  options.vfs = FaultyVfs::name;
  Ledger ledger;
  auto store = open_sqlite_store(directory.database(), options);
  REQUIRE(store);
  CHECK(std::filesystem::file_size(ballast) == options.ballast_bytes);
  vfs.set_room(0);
  CHECK(ledger.send(**store).error().code == Code::store_full);
  CHECK_FALSE(std::filesystem::exists(ballast));
  vfs.set_room(std::nullopt);
  CHECK(ledger.send(**store));
  CHECK(std::filesystem::file_size(ballast) == options.ballast_bytes);
}

namespace {

// In a child, since the limit holds for the whole process. Its exit status says what went wrong.
[[noreturn]] void work_under_a_limit(const std::string& path, rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(10);
  Ledger ledger;
  SqliteOptions options;
  options.ballast_bytes = 0;
  auto store = open_sqlite_store(path, options);
  if (!store) _exit(11);
  bool full = false;
  for (int i = 0; i < 2000 && !full; ++i) {
    const Result<void> result = ledger.send(**store, 1, 1000);
    if (!result && result.error().code != Code::store_full) _exit(12);
    full = !result;
  }
  if (!full) _exit(13);
  if ((*store)->read()->count_all().receipts != ledger.acknowledged.size()) _exit(14);
  store->reset();
  _exit(find_fault(path, ledger, options).empty() ? 0 : 15);
}

}  // namespace

TEST_CASE("R5: a limit on file sizes is a full disk, not the end of the process") {
  const ScratchDirectory directory;
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) work_under_a_limit(directory.database(), 1 << 20);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
