#include "engine/store/sqlite/open_database.h"

#include <vector>

#include "engine/store/sqlite/files.h"
#include "engine/store/sqlite/schema.h"

namespace truce::sqlite {
namespace {

constexpr char user_version_sql[] = "PRAGMA user_version";
constexpr char application_id_sql[] = "PRAGMA application_id";
constexpr char count_tables_sql[] = "SELECT count(*) FROM sqlite_schema";
constexpr char journal_mode_sql[] = "PRAGMA journal_mode=WAL";
constexpr char quick_check_sql[] = "PRAGMA quick_check(1)";

Result<std::int64_t> read_number(Connection& connection, const char* sql) {
  Rows rows = connection.query(sql);
  if (rows.next()) return rows.integer(0);
  if (connection.failure()) return tl::unexpected(*connection.failure());
  return 0;
}

Result<std::string> read_word(Connection& connection, const char* sql) {
  Rows rows = connection.query(sql);
  if (rows.next()) return rows.text(0);
  if (connection.failure()) return tl::unexpected(*connection.failure());
  return std::string();
}

// Gives the version. A file without tables is a new one.
Result<std::int64_t> read_version(Connection& connection, std::int64_t newest) {
  const Result<std::int64_t> version = read_number(connection, user_version_sql);
  if (!version) return version;
  const Result<std::int64_t> tables = read_number(connection, count_tables_sql);
  if (!tables) return tables;
  const Result<std::int64_t> application = read_number(connection, application_id_sql);
  if (!application) return application;
  if (*tables > 0 && *application != application_id) {
    return fail(Code::store_corrupt, "the file is a database of another program");
  }
  if (*version > newest) {
    return fail(Code::store_too_new, "the database has schema version " + std::to_string(*version) +
                                         ", this program knows " + std::to_string(newest) +
                                         ": start the version that wrote it, or a newer one");
  }
  return version;
}

Result<void> use_write_ahead_log(Connection& connection) {
  const Result<std::string> mode = read_word(connection, journal_mode_sql);
  if (!mode) return tl::unexpected(mode.error());
  if (*mode == "wal") return {};
  return fail(Code::store_failed, "the file system does not allow a write-ahead log");
}

Result<void> check(Connection& connection) {
  const Result<std::string> verdict = read_word(connection, quick_check_sql);
  if (!verdict) return tl::unexpected(verdict.error());
  if (*verdict == "ok") return {};
  return fail(Code::store_corrupt, "the database is damaged: " + *verdict + "; restore a backup");
}

// One migration, one transaction: a file is of one version or of the next, never between.
Result<void> migrate_one(Connection& connection, const std::string& script, std::size_t version) {
  const std::string whole = "BEGIN IMMEDIATE;" + script +
                            ";PRAGMA application_id=" + std::to_string(application_id) +
                            ";PRAGMA user_version=" + std::to_string(version) + ";";
  if (Result<void> done = connection.run_script(whole); !done) {
    connection.rollback();
    return done;
  }
  return connection.commit();
}

Result<void> migrate(Connection& connection, const std::vector<std::string>& scripts,
                     std::int64_t version) {
  for (auto next = static_cast<std::size_t>(version); next < scripts.size(); ++next) {
    Result<void> done = migrate_one(connection, scripts[next], next + 1);
    if (!done) return done;
  }
  return {};
}

Result<void> bring_up(Connection& connection, const std::string& path,
                      const SqliteOptions& options) {
  std::vector<std::string> scripts = migrations();
  scripts.insert(scripts.end(), options.later_migrations.begin(), options.later_migrations.end());
  const Result<std::int64_t> version =
      read_version(connection, static_cast<std::int64_t>(scripts.size()));
  if (!version) return tl::unexpected(version.error());
  if (Result<void> done = use_write_ahead_log(connection); !done) return done;
  if (*version > 0 && file_bytes(path) <= options.check_at_start_bytes_max) {
    if (Result<void> sound = check(connection); !sound) return sound;
  }
  if (Result<void> done = migrate(connection, scripts, *version); !done) return done;
  // What a log of the last run holds may have been read from memory that its failed sync never
  // brought to the disk: after this it is in the file, with a sync of its own.
  if (std::optional<Problem> problem = connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)) {
    return tl::unexpected(*problem);
  }
  return sync_directory_of(path);
}

}  // namespace

Result<std::unique_ptr<Connection>> open_database(const std::string& path,
                                                  const SqliteOptions& options, Health& health) {
  if (Result<void> made = make_file(path); !made) return tl::unexpected(made.error());
  auto opened = Connection::open(path, options, Connection::Role::writer, health);
  if (!opened) return opened;
  if (Result<void> done = bring_up(**opened, path, options); !done) {
    return tl::unexpected(done.error());
  }
  return opened;
}

}  // namespace truce::sqlite
