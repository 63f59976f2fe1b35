// R23: upgrades, also when they are interrupted, and downgrades.
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <random>

#include "engine/store/sqlite/schema.h"
#include "tests/fault/support/child.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

// What this program writes; the two versions after it are made up below.
constexpr std::int64_t present = 4;

// A next version that touches every row of the trail's neighbours, and one after it.
SqliteOptions newer() {
  SqliteOptions options;
  options.later_migrations = {
      "CREATE TABLE raw_size (event INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;"
      "INSERT INTO raw_size SELECT event, length(body) FROM raw_event;"
      "ALTER TABLE golden ADD COLUMN note TEXT; UPDATE golden SET note = id",
      "CREATE INDEX golden_note ON golden (note); UPDATE golden SET note = 'third'"};
  return options;
}

std::int64_t number_of(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::int64_t number = -1;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    number = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return number;
}

// A file as an older version left it.
void write_file_of(const std::string& path, std::size_t version, const std::string& rows) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  std::string script;
  for (std::size_t i = 0; i < version; ++i) script += sqlite::migrations().at(i) + ';';
  script += rows + ";PRAGMA application_id=" + std::to_string(sqlite::application_id) +
            ";PRAGMA user_version=" + std::to_string(version);
  char* problem = nullptr;
  const int code = sqlite3_exec(database, script.c_str(), nullptr, nullptr, &problem);
  INFO((problem ? problem : ""));
  CHECK(code == SQLITE_OK);
  sqlite3_free(problem);
  sqlite3_close(database);
}

constexpr char version_sql[] = "PRAGMA user_version";
constexpr char migrated_sql[] = "SELECT count(*) FROM raw_size";

}  // namespace

TEST_CASE("R23: a newer file is refused and left as it is") {
  const ScratchDirectory directory;
  Ledger ledger;
  {
    auto store = open_sqlite_store(directory.database(), newer());
    REQUIRE(store);
    REQUIRE(ledger.send(**store));
  }
  const auto older = open_sqlite_store(directory.database());
  REQUIRE_FALSE(older);
  CHECK(older.error().code == Code::store_too_new);
  CHECK(number_of(directory.database(), version_sql) == present + 2);
  CHECK(find_fault(directory.database(), ledger, newer()) == "");
}

TEST_CASE("R23: a migration that fails leaves the file of its old version") {
  const ScratchDirectory directory;
  Ledger ledger;
  {
    auto store = open_sqlite_store(directory.database());
    REQUIRE(store);
    REQUIRE(ledger.send(**store, 3));
  }
  SqliteOptions broken;
  broken.later_migrations = {"CREATE TABLE extra (a INTEGER); INSERT INTO nowhere VALUES (1)"};
  CHECK_FALSE(open_sqlite_store(directory.database(), broken));
  CHECK(number_of(directory.database(), version_sql) == present);
  CHECK(number_of(directory.database(), "SELECT count(*) FROM extra") == -1);
  CHECK(find_fault(directory.database(), ledger) == "");
}

TEST_CASE("R23: runs that were under way go on after an upgrade") {
  const ScratchDirectory directory;
  write_file_of(directory.database(), 3, R"(
    INSERT INTO reconciliation (id, entity, state, body) VALUES
      ('r1', 'contact', 'open', '{"id":"r1","entity":"contact","state":"open","stage":"records"}'),
      ('r2', 'contact', 'running', '{"id":"r2","entity":"contact","state":"running","stage":"records"}');
    INSERT INTO staged (run, system, record_id, observed_at, digest, state, body) VALUES
      (1, 'crm', 'c1', 1, 'd', 'waiting', '{}'), (2, 'crm', 'c1', 1, 'd', 'waiting', '{}');
    INSERT INTO staged_key (run, key, number) VALUES (1, 'k', 1), (2, 'k', 2))");
  const auto store = open_sqlite_store(directory.database());
  REQUIRE(store);
  const auto view = (*store)->read();
  // What comes yet is brought into order with what came.
  CHECK(view->find_run(RunId("r1"))->stage == RunStage::keys);
  CHECK(view->staged_keys_between(RunId("r1"), {}, {}, 9) == std::vector<StagedKey>{{"k", 1}});
  // All that will come has come, and is found.
  CHECK(view->find_run(RunId("r2"))->stage == RunStage::records);
  CHECK(view->staged_with_key(RunId("r2"), "k", 9).size() == 1);
  const auto transaction = (*store)->begin();
  CHECK(transaction->forget_staged(RunId("r2"), 9) == 1);
  CHECK(transaction->staged_keys_between(RunId("r2"), {}, {}, 9).empty());
  CHECK_FALSE(transaction->failure());
}

TEST_CASE("R23: kill -9 during a migration leaves the old version or the new one, and all rows") {
  const std::uint64_t events = is_weekly() ? 100'000 : is_nightly() ? 10'000 : 1'000;
  const int kills = is_weekly() ? 50 : is_nightly() ? 20 : 8;
  const ScratchDirectory original;
  Ledger ledger;
  {
    auto store = open_sqlite_store(original.database());
    REQUIRE(store);
    REQUIRE(ledger.send(**store, events));
  }
  std::mt19937 dice(23);
  int old_versions = 0;
  unsigned wait_max_us = 5'000;
  for (int i = 0; i < kills; ++i) {
    const ScratchDirectory copy;
    std::filesystem::copy_file(original.database(), copy.database());
    Child child([&](const Child::Say& say) {
      say(1);
      return open_sqlite_store(copy.database(), newer()) ? 0 : 1;
    });
    REQUIRE(child.hear());
    let_work(std::chrono::microseconds(dice() % wait_max_us));
    child.kill();
    // Kills spread over the whole migration, however fast the machine is.
    wait_max_us = child.status() == 0 ? wait_max_us / 2 + 1 : wait_max_us * 2;
    const std::int64_t version = number_of(copy.database(), version_sql);
    CAPTURE(i, version);
    REQUIRE((version >= present && version <= present + 2));
    old_versions += version < present + 2;
    REQUIRE(number_of(copy.database(), migrated_sql) ==
            (version == present ? -1 : static_cast<std::int64_t>(events)));
    // The next start finishes it.
    REQUIRE(open_sqlite_store(copy.database(), newer()));
    CHECK(number_of(copy.database(), version_sql) == present + 2);
    CHECK(number_of(copy.database(), "SELECT count(*) FROM golden WHERE note = 'third'") ==
          static_cast<std::int64_t>(events));
    CHECK(number_of(copy.database(), "SELECT count(*) FROM audit") ==
          static_cast<std::int64_t>(events));
  }
  CHECK(old_versions > 0);
}
