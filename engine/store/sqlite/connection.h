// One connection of SQLite with its prepared statements and its sticky failure: after the first one
// statements do nothing and give no rows, until the connection is lent anew.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/core/model/error.h"
#include "engine/core/model/time.h"
#include "engine/store/sqlite/health.h"
#include "engine/store/sqlite/parameter.h"
#include "engine/store/sqlite/sqlite_store.h"

namespace truce::sqlite {

class Connection;

// The rows of one running statement, which is reset when this goes.
class Rows {
 public:
  Rows(Connection& connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // True when there is a (next) row. False also after a failure, which the connection then has.
  bool next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  Time time(int column) const { return {integer(column)}; }
  std::string_view view(int column) const;  // valid until next()
  std::string text(int column) const { return std::string(view(column)); }
  std::string digest(int column) const;  // what a Digest was made of

 private:
  Connection& connection_;
  sqlite3_stmt* statement_;  // null after a failure
};

class Connection {
 public:
  enum class Role { writer, reader };

  // `path` is absolute. The file must exist.
  static Result<std::unique_ptr<Connection>> open(const std::string& path,
                                                  const SqliteOptions& options, Role role,
                                                  Health& health);
  // A connection to nothing, that has failed.
  static std::unique_ptr<Connection> refused(Problem problem, Health& health);
  ~Connection();

  // `sql` must be a constant: statements are prepared once and found by its address.
  Rows query(const char* sql, std::initializer_list<Parameter> parameters = {});
  // True when it was done.
  bool execute(const char* sql, std::initializer_list<Parameter> parameters = {});
  // Of the last execute.
  std::int64_t changes() const;
  std::int64_t last_inserted() const;  // 0 when it inserted nothing
  // Statements that are run once, separated by ';'. Failures are given and not kept.
  Result<void> run_script(const std::string& sql);

  // COMMIT, with its own reading of failures. Afterwards no transaction is open.
  Result<void> commit();
  // Also after SQLite rolled back by itself.
  void rollback();

  const std::optional<Problem>& failure() const { return failure_; }
  void fail(Problem problem);
  // A broken rule is undone with its statement; a rollback to a mark makes it forgotten.
  void forgive_broken_rule();
  // Before it is lent anew.
  void forgive_all() { failure_.reset(); }

  // The time that the next reads may take together starts now. Readers only.
  void start_deadline();
  std::mutex& in_use() { return in_use_; }
  void interrupt();
  sqlite3* handle() { return database_; }
  std::uint64_t wal_frames() const { return wal_frames_; }
  // Copies the log into the file as far as readers allow. Writer only, outside a transaction. Gives
  // what went wrong; the log still has everything then.
  std::optional<Problem> checkpoint(int mode);

 private:
  friend class Rows;
  Connection(const SqliteOptions& options, Health& health);
  Result<void> configure(const SqliteOptions& options, Role role);
  sqlite3_stmt* prepared(const char* sql);
  void fail_with(int code);

  sqlite3* database_ = nullptr;
  Health& health_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
  std::optional<Problem> failure_;
  std::chrono::milliseconds deadline_length_;
  std::chrono::steady_clock::time_point deadline_;
  std::uint64_t wal_frames_ = 0;  // after the last commit; 0: the next write starts the log again
  std::mutex in_use_;             // held during each use of a reader
};

}  // namespace truce::sqlite
