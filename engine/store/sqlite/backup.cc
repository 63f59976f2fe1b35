#include "engine/store/sqlite/backup.h"

#include <sqlite3.h>
#include <unistd.h>

#include <memory>

#include "engine/store/sqlite/files.h"
#include "engine/store/sqlite/result_code.h"

namespace truce::sqlite {
namespace {

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, Closer>;

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

constexpr int busy_timeout_ms = 5000;
constexpr char integrity_sql[] = "PRAGMA integrity_check(1)";
// 'ok' when the trail's sequences are 1, 2, 3, … without a gap.
constexpr char continuity_sql[] =
    "SELECT CASE WHEN count(*) = coalesce(max(sequence), 0) AND coalesce(min(sequence), 1) = 1"
    " THEN 'ok' ELSE 'the audit trail has gaps' END FROM audit";

tl::unexpected<Problem> fail_of(sqlite3* database, int code, const std::string& what) {
  const std::string message = what + ": " + sqlite3_errmsg(database);
  return tl::unexpected(problem_of(code, sqlite3_system_errno(database), message));
}

Result<Database> open_plain(const std::string& path, const SqliteOptions& options, int flags) {
  sqlite3* handle = nullptr;
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  const int code = sqlite3_open_v2(
      path.c_str(), &handle,
      flags | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, vfs);
  Database database(handle);
  if (code != SQLITE_OK) return fail_of(handle, code, "cannot open " + path);
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return database;
}

Result<void> run(sqlite3* database, const char* sql) {
  const int code = sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail_of(database, code, "the backup failed");
  return {};
}

// In one step: a copy in several begins again whenever another connection writes.
Result<void> copy_pages(sqlite3* source, sqlite3* target) {
  sqlite3_backup* copy = sqlite3_backup_init(target, "main", source, "main");
  if (!copy) return fail_of(target, sqlite3_extended_errcode(target), "the backup failed");
  const int code = sqlite3_backup_step(copy, -1);
  sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) return fail_of(target, code, "the backup failed");
  return {};
}

Result<void> expect_ok(sqlite3* database, const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  int code = sqlite3_prepare_v2(database, sql, -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalizer> statement(prepared);
  if (code == SQLITE_OK) code = sqlite3_step(prepared);
  if (code != SQLITE_ROW) return fail_of(database, code, "the backup cannot be checked");
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, 0));
  const std::string verdict = text ? text : "nothing";
  if (verdict == "ok") return {};
  return fail(Code::store_corrupt, "the backup is damaged: " + verdict);
}

Result<void> copy_and_check(const std::string& path, const std::string& partial,
                            const SqliteOptions& options) {
  Result<Database> source = open_plain(path, options, SQLITE_OPEN_READWRITE);
  if (!source) return tl::unexpected(source.error());
  Result<Database> target =
      open_plain(partial, options, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!target) return tl::unexpected(target.error());
  if (auto done = run(source->get(), "PRAGMA query_only=1"); !done) return done;
  if (auto done = copy_pages(source->get(), target->get()); !done) return done;
  if (auto done = run(target->get(), "PRAGMA journal_mode=DELETE"); !done) return done;
  if (auto sound = expect_ok(target->get(), integrity_sql); !sound) return sound;
  return expect_ok(target->get(), continuity_sql);
}

void remove_partial(const std::string& partial) {
  for (const char* part : {"", "-wal", "-shm", "-journal"}) unlink((partial + part).c_str());
}

}  // namespace

Result<void> back_up(const std::string& path, const std::string& destination,
                     const SqliteOptions& options) {
  const Result<std::string> settled = settled_path(destination);
  if (!settled) return tl::unexpected(settled.error());
  if (access(settled->c_str(), F_OK) == 0) {
    return fail(Code::store_failed, "the destination exists: " + *settled);
  }
  const std::string partial = *settled + ".partial";
  remove_partial(partial);
  Result<void> done = make_file(partial);
  if (done) done = copy_and_check(path, partial, options);
  if (done) done = sync_path(partial);
  if (done) done = rename_to_free(partial, *settled);
  if (done) return sync_directory_of(*settled);
  remove_partial(partial);
  return done;
}

}  // namespace truce::sqlite
