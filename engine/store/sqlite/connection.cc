#include "engine/store/sqlite/connection.h"

#include <array>

#include "engine/store/sqlite/gathering_vfs.h"
#include "engine/store/sqlite/result_code.h"

namespace truce::sqlite {
namespace {

constexpr char commit_sql[] = "COMMIT";
constexpr char rollback_sql[] = "ROLLBACK";

// Instructions of SQLite's machine between two looks at the clock: well below a millisecond.
constexpr int instructions_between_looks = 20'000;
constexpr int busy_timeout_ms = 5000;
// A raw event is at most one body (16 MiB), a record's history several times that.
constexpr int row_bytes_max = 64 << 20;

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t digest_bytes = 32;

bool is_digest(std::string_view text) {
  return text.size() == 2 * digest_bytes &&
         text.find_first_not_of(hex_digits) == std::string_view::npos;
}

unsigned value_of(char hex_digit) {
  return static_cast<unsigned>(hex_digit <= '9' ? hex_digit - '0' : hex_digit - 'a' + 10);
}

std::array<unsigned char, digest_bytes> bytes_of(std::string_view hex) {
  std::array<unsigned char, digest_bytes> bytes{};
  for (std::size_t i = 0; i < digest_bytes; ++i) {
    bytes[i] = static_cast<unsigned char>(value_of(hex[2 * i]) * 16 + value_of(hex[2 * i + 1]));
  }
  return bytes;
}

std::string hex_of(std::string_view bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    hex += hex_digits[value / 16];
    hex += hex_digits[value % 16];
  }
  return hex;
}

struct Binder {
  sqlite3_stmt* statement;
  int index;
  sqlite3_destructor_type lifetime;

  int operator()(Null) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(std::string_view text) const {
    // A null pointer would bind NULL, and an empty view may have one.
    const char* start = text.data() ? text.data() : "";
    return sqlite3_bind_text64(statement, index, start, text.size(), lifetime, SQLITE_UTF8);
  }
  int operator()(Digest digest) const {
    if (!is_digest(digest.text)) return (*this)(digest.text);
    const auto bytes = bytes_of(digest.text);
    return sqlite3_bind_blob(statement, index, bytes.data(), digest_bytes, SQLITE_TRANSIENT);
  }
};

int bind_all(sqlite3_stmt* statement, std::initializer_list<Parameter> parameters,
             sqlite3_destructor_type lifetime) {
  int index = 0;
  for (const Parameter& parameter : parameters) {
    const int code = std::visit(Binder{statement, ++index, lifetime}, parameter.value());
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

int remember_wal_frames(void* frames, sqlite3*, const char*, int count) {
  *static_cast<std::uint64_t*>(frames) = static_cast<std::uint64_t>(count);
  return SQLITE_OK;
}

int is_past(void* deadline) {
  const auto time = *static_cast<std::chrono::steady_clock::time_point*>(deadline);
  return std::chrono::steady_clock::now() > time ? 1 : 0;
}

// A failed COMMIT does not set sqlite3_system_errno; its log file remembers what went wrong.
int errno_of_log(sqlite3* database) {
  sqlite3_file* log = nullptr;
  int error = 0;
  const int found = sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER,
                                         static_cast<void*>(&log));
  if (found != SQLITE_OK || !log || !log->pMethods) return 0;
  log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
  return error;
}

int errno_of(sqlite3* database, int code) {
  const int error = sqlite3_system_errno(database);
  return error == 0 && code == SQLITE_IOERR_WRITE ? errno_of_log(database) : error;
}

// Without it every allocation of SQLite takes one lock for all connections. Too late, and without
// harm, where something else in the process has used SQLite before.
void do_not_count_memory() {
  static const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(code);
}

// synchronous=FULL: a commit is in the log on the disk when it returns. secure_delete is on in
// Debian's build. No mmap: an I/O error would be a signal.
std::string settings(const SqliteOptions& options, Connection::Role role) {
  const bool writer = role == Connection::Role::writer;
  const std::uint64_t cache = writer ? options.writer_cache_bytes : options.reader_cache_bytes;
  return "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
         "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
         "PRAGMA wal_autocheckpoint=0;"
         "PRAGMA journal_size_limit=" +
         std::to_string(options.wal_bytes_max) + ";PRAGMA cache_size=-" +
         std::to_string(cache / 1024) + (writer ? "" : ";PRAGMA query_only=1");
}

}  // namespace

Rows::~Rows() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  if (!statement_) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.fail_with(code);
  return false;
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::view(int column) const {
  const void* start = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const char*>(start), static_cast<std::size_t>(size)};
}

std::string Rows::digest(int column) const {
  const bool packed = sqlite3_column_type(statement_, column) == SQLITE_BLOB;
  return packed ? hex_of(view(column)) : text(column);
}

Connection::Connection(const SqliteOptions& options, Health& health)
    : health_(health), deadline_length_(options.read_deadline_ms) {}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path,
                                                     const SqliteOptions& options, Role role,
                                                     Health& health) {
  do_not_count_memory();
  std::unique_ptr<Connection> connection(new Connection(options, health));
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                    SQLITE_OPEN_EXRESCODE | (role == Role::writer ? SQLITE_OPEN_CREATE : 0);
  const std::string vfs = role == Role::writer ? gathering_vfs(options.vfs) : options.vfs;
  const int code = sqlite3_open_v2(path.c_str(), &connection->database_, flags,
                                   vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    return tl::unexpected(
        problem_of(code, sqlite3_system_errno(connection->database_), "cannot open " + path));
  }
  // SQLite opens what it may not write for reading, and would fail at the first write.
  if (sqlite3_db_readonly(connection->database_, "main") == 1) {
    return truce::fail(Code::store_read_only, "no right to write " + path);
  }
  if (Result<void> done = connection->configure(options, role); !done) {
    return tl::unexpected(done.error());
  }
  return connection;
}

std::unique_ptr<Connection> Connection::refused(Problem problem, Health& health) {
  std::unique_ptr<Connection> connection(new Connection({}, health));
  connection->failure_ = std::move(problem);
  return connection;
}

Result<void> Connection::configure(const SqliteOptions& options, Role role) {
  sqlite3_busy_timeout(database_, busy_timeout_ms);
  sqlite3_limit(database_, SQLITE_LIMIT_LENGTH, row_bytes_max);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  // Only the writer checkpoints, and only when it says so: SQLite 3.40 can lose a log that two
  // connections reset at once.
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (Result<void> done = run_script(settings(options, role)); !done) return done;
  if (role == Role::writer) {
    // After the settings: wal_autocheckpoint removes the hook.
    sqlite3_wal_hook(database_, remember_wal_frames, &wal_frames_);
  } else {
    sqlite3_progress_handler(database_, instructions_between_looks, is_past, &deadline_);
    start_deadline();
  }
  return {};
}

sqlite3_stmt* Connection::prepared(const char* sql) {
  // Its place first: a statement without one would never be finalized.
  sqlite3_stmt*& statement = statements_.try_emplace(sql, nullptr).first->second;
  if (statement) return statement;
  const int code =
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) return statement;
  fail_with(code);
  return nullptr;
}

Rows Connection::query(const char* sql, std::initializer_list<Parameter> parameters) {
  sqlite3_stmt* statement = failure_ ? nullptr : prepared(sql);
  if (!statement) return {*this, nullptr};
  const int code = bind_all(statement, parameters, SQLITE_TRANSIENT);
  if (code == SQLITE_OK) return {*this, statement};
  fail_with(code);
  sqlite3_clear_bindings(statement);
  return {*this, nullptr};
}

bool Connection::execute(const char* sql, std::initializer_list<Parameter> parameters) {
  sqlite3_stmt* statement = failure_ ? nullptr : prepared(sql);
  if (!statement) return false;
  sqlite3_set_last_insert_rowid(database_, 0);
  int code = bind_all(statement, parameters, SQLITE_STATIC);
  if (code == SQLITE_OK) {
    do code = sqlite3_step(statement);
    while (code == SQLITE_ROW);
  }
  if (code != SQLITE_DONE) fail_with(code);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return code == SQLITE_DONE;
}

std::int64_t Connection::changes() const { return sqlite3_changes64(database_); }

std::int64_t Connection::last_inserted() const { return sqlite3_last_insert_rowid(database_); }

Result<void> Connection::run_script(const std::string& sql) {
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return tl::unexpected(
      problem_of(code, sqlite3_system_errno(database_), sqlite3_errmsg(database_)));
}

Result<void> Connection::commit() {
  if (failure_) return tl::unexpected(*failure_);
  sqlite3_stmt* statement = prepared(commit_sql);
  if (!statement) return tl::unexpected(*failure_);
  const int code = sqlite3_step(statement);
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return {};
  }
  Problem problem = problem_of_commit(code, errno_of(database_, code), sqlite3_errmsg(database_));
  sqlite3_reset(statement);
  fail(problem);
  rollback();
  return tl::unexpected(problem);
}

void Connection::rollback() {
  // SQLite has rolled back by itself after some errors, and a second ROLLBACK is then one more.
  if (!database_ || sqlite3_get_autocommit(database_)) return;
  const int code = sqlite3_exec(database_, rollback_sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK || sqlite3_get_autocommit(database_)) return;
  Problem problem = problem_of(code, sqlite3_system_errno(database_), sqlite3_errmsg(database_));
  health_.end(problem);
  fail(std::move(problem));
}

void Connection::fail(Problem problem) {
  if (ends_store(problem.code)) health_.end(problem);
  // The end of the store outweighs what was wrong before.
  if (!failure_ || ends_store(problem.code)) failure_ = std::move(problem);
}

void Connection::fail_with(int code) {
  fail(problem_of(code, sqlite3_system_errno(database_), sqlite3_errmsg(database_)));
}

void Connection::forgive_broken_rule() {
  if (failure_ && failure_->code == Code::internal) failure_.reset();
}

void Connection::start_deadline() {
  deadline_ = std::chrono::steady_clock::now() + deadline_length_;
}

void Connection::interrupt() {
  if (database_) sqlite3_interrupt(database_);
}

std::optional<Problem> Connection::checkpoint(int mode) {
  int frames = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, mode, &frames, &copied);
  if (code == SQLITE_OK && copied == frames) wal_frames_ = 0;
  // BUSY: readers stand in the way.
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return std::nullopt;
  Problem problem = problem_of(code, sqlite3_system_errno(database_), sqlite3_errmsg(database_));
  if (ends_store(problem.code)) health_.end(problem);
  return problem;
}

}  // namespace truce::sqlite
