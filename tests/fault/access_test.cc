// R21: no right to write. The children give up root's rights first, since root may write
// everything.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/fault/support/child.h"
#include "tests/fault/support/faulty_vfs.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

constexpr unsigned nobody = 65534;

// What opening gives to a user without special rights: 0 for a store, else 1 + the code.
std::uint64_t open_as_nobody(const std::string& path) {
  Child child([&](const Child::Say& say) {
    if (geteuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0)) return 1;
    const auto store = open_sqlite_store(path);
    say(store ? 0 : 1 + static_cast<std::uint64_t>(store.error().code));
    return 0;
  });
  return child.hear().value_or(999);
}

constexpr std::uint64_t read_only = 1 + static_cast<std::uint64_t>(Code::store_read_only);

// A closed database that belongs to nobody, like its directory.
void make_database(const ScratchDirectory& directory) {
  Ledger ledger;
  {
    auto store = open_sqlite_store(directory.database());
    REQUIRE(store);
    REQUIRE(ledger.send(**store));
  }
  if (geteuid() != 0) return;
  REQUIRE(chown(directory.path().c_str(), nobody, nobody) == 0);
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    REQUIRE(chown(entry.path().c_str(), nobody, nobody) == 0);
  }
}

}  // namespace

TEST_CASE("R21: a file or directory that cannot be written is refused with its own code") {
  const ScratchDirectory directory;
  make_database(directory);
  CHECK(open_as_nobody(directory.database()) == 0);
  SECTION("the file") {
    REQUIRE(chmod(directory.database().c_str(), 0444) == 0);
    CHECK(open_as_nobody(directory.database()) == read_only);
  }
  SECTION("the directory, before there is a log") {
    for (const char* part : {"-wal", "-shm", ".ballast"}) {
      std::filesystem::remove(directory.database() + part);
    }
    REQUIRE(chmod(directory.path().c_str(), 0555) == 0);
    CHECK(open_as_nobody(directory.database()) == read_only);
  }
  SECTION("the directory, before there is a database") {
    REQUIRE(chmod(directory.path().c_str(), 0555) == 0);
    CHECK(open_as_nobody((directory.path() / "new.db").string()) == read_only);
  }
  REQUIRE(chmod(directory.path().c_str(), 0755) == 0);
}

TEST_CASE("R21: a database that becomes read-only while it is open refuses writes and says so") {
  const ScratchDirectory directory;
  FaultyVfs& vfs = FaultyVfs::instance();
  vfs.reset();
  SqliteOptions options;
  options.vfs = FaultyVfs::name;
  Ledger ledger;
  auto store = open_sqlite_store(directory.database(), options);
  REQUIRE(store);
  REQUIRE(ledger.send(**store));
  vfs.arm({Call::write, 1, SQLITE_READONLY, true, false});
  const Result<void> result = ledger.send(**store);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::store_read_only);
  vfs.disarm();
  CHECK(ledger.send(**store));
  store->reset();
  CHECK(find_fault(directory.database(), ledger) == "");
}

TEST_CASE("R21: what the store makes is for its user alone") {
  const ScratchDirectory directory;
  const std::filesystem::path inner = directory.path() / "data";
  auto store = open_sqlite_store((inner / "truce.db").string());
  REQUIRE(store);
  Ledger ledger;
  REQUIRE(ledger.send(**store));
  using std::filesystem::perms;
  CHECK(std::filesystem::status(inner).permissions() == perms::owner_all);
  for (const auto& entry : std::filesystem::directory_iterator(inner)) {
    CAPTURE(entry.path().string());
    CHECK(entry.status().permissions() == (perms::owner_read | perms::owner_write));
  }
}

TEST_CASE("R21: a symbolic link in the file's place is refused") {
  const ScratchDirectory directory;
  std::filesystem::create_symlink("/etc/hosts", directory.database());
  CHECK_FALSE(open_sqlite_store(directory.database()));
}

TEST_CASE("R8: a file that is no database, or another program's, is refused as damaged") {
  const ScratchDirectory directory;
  SECTION("text") {
    std::ofstream(directory.database()) << std::string(10'000, 'x');
    const auto store = open_sqlite_store(directory.database());
    REQUIRE_FALSE(store);
    CHECK(store.error().code == Code::store_corrupt);
  }
  SECTION("another program's") {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(directory.database().c_str(), &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database, "CREATE TABLE t (a)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
    const auto store = open_sqlite_store(directory.database());
    REQUIRE_FALSE(store);
    CHECK(store.error().code == Code::store_corrupt);
  }
}
