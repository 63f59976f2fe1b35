#include "bench/bare_sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "engine/store/sqlite/sqlite_store.h"

namespace truce::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t page_bytes = 4096;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

enum Table : std::size_t {
  policy,
  event,
  raw_event,
  receipt,
  audit,
  source_record,
  golden,
  match_key,
  delivery,
  exception,
  change
};
constexpr std::array table_names = {"policy",   "event",         "raw_event", "receipt",
                                    "audit",    "source_record", "golden",    "match_key",
                                    "delivery", "exception",     "change"};

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Database open_file(const std::string& path, int flags) {
  static const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // as the sidecar has it
  static_cast<void>(code);
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  return Database(database);
}

Statement prepare(const Database& database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(database.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                     nullptr);
  return Statement(statement);
}

void bind_cells(const Statement& statement, const std::vector<Cell>& cells) {
  int index = 0;
  for (const Cell& cell : cells) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
      sqlite3_bind_int64(statement.get(), index, *number);
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
      sqlite3_bind_text(statement.get(), index, text->data(), static_cast<int>(text->size()),
                        SQLITE_STATIC);
    } else if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&cell)) {
      sqlite3_bind_blob(statement.get(), index, bytes->data(), static_cast<int>(bytes->size()),
                        SQLITE_STATIC);
    } else {
      sqlite3_bind_null(statement.get(), index);
    }
  }
}

Cell cell_of(const Statement& statement, int column) {
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), column));
  switch (sqlite3_column_type(statement.get(), column)) {
    case SQLITE_NULL:
      return std::monostate();
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement.get(), column)};
    case SQLITE_BLOB: {
      const auto* start =
          static_cast<const std::uint8_t*>(sqlite3_column_blob(statement.get(), column));
      return std::vector<std::uint8_t>(start, start + size);
    }
    default:
      return std::string(
          reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), column)), size);
  }
}

// Reads the rows of a finished database in the order in which they were written.
class RowReader {
 public:
  RowReader(const std::string& path, std::size_t events_max)
      : database_(open_file(path, SQLITE_OPEN_READWRITE)), events_max_(events_max) {}

  BareRows read() {
    read_schema();
    append(policy, "", {}, rows_.first);
    std::vector<Row> entries;
    append(audit, "ORDER BY sequence", {}, entries);
    std::vector<Row> changes;
    append(change, "ORDER BY sequence", {}, changes);
    for (Row& entry : entries) add_entry(std::move(entry));
    spread(changes);
    if (rows_.events.empty()) rows_.problem = sqlite3_errmsg(database_.get());
    return std::move(rows_);
  }

 private:
  void read_schema() {
    const Statement objects =
        prepare(database_,
                "SELECT sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'index'");
    while (sqlite3_step(objects.get()) == SQLITE_ROW) {
      rows_.schema.push_back(std::get<std::string>(cell_of(objects, 0)));
    }
    for (const char* name : table_names) {
      rows_.tables.emplace_back(name);
      const Statement all = prepare(database_, std::string("SELECT * FROM ") + name);
      rows_.columns.push_back(static_cast<std::size_t>(sqlite3_column_count(all.get())));
    }
  }

  void append(Table table, const std::string& condition, const std::vector<Cell>& parameters,
              std::vector<Row>& rows) {
    const std::string sql = std::string("SELECT * FROM ") + table_names[table] + ' ' + condition;
    Statement& statement = statements_[sql];
    if (!statement) statement = prepare(database_, sql);
    bind_cells(statement, parameters);
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
      Row row{table, {}};
      for (std::size_t i = 0; i < rows_.columns[table]; ++i) {
        row.cells.push_back(cell_of(statement, static_cast<int>(i)));
      }
      rows.push_back(std::move(row));
    }
    sqlite3_reset(statement.get());
  }

  void add_entry(Row entry) {
    constexpr std::size_t golden_column = 5;
    constexpr std::size_t event_column = 6;
    const Cell golden_id = entry.cells[golden_column];
    const Cell number = entry.cells[event_column];
    if (std::holds_alternative<std::monostate>(number)) {
      std::vector<Row>& before = rows_.events.empty() ? rows_.first : rows_.events.back();
      before.push_back(std::move(entry));
      return;
    }
    if (rows_.events.size() >= events_max_) return;
    std::vector<Row>& rows = rows_.events.emplace_back();
    append(event, "WHERE number = ?", {number}, rows);
    append(raw_event, "WHERE event = ?", {number}, rows);
    append(receipt, "WHERE event = ?", {number}, rows);
    rows.push_back(std::move(entry));
    if (const auto* id = std::get_if<std::string>(&golden_id)) add_record(*id, number, rows);
  }

  void add_record(const std::string& id, const Cell& number, std::vector<Row>& rows) {
    append(golden, "WHERE id = ?", {id}, rows);
    const std::size_t before = rows.size();
    append(source_record,
           "WHERE golden = ? AND system = (SELECT system FROM receipt WHERE event = ?)",
           {id, number}, rows);
    for (std::size_t i = before, end = rows.size(); i < end; ++i) {
      const std::vector<Cell> name(rows[i].cells.begin() + 1, rows[i].cells.begin() + 4);
      if (!seen_.insert(std::get<std::string>(name[0]) + '/' + std::get<std::string>(name[2]))
               .second) {
        continue;
      }
      append(match_key, "WHERE system = ? AND entity = ? AND record_id = ?", name, rows);
    }
    if (!seen_.insert(id).second) return;
    append(delivery, "WHERE golden = ?", {id}, rows);
    append(exception, "WHERE golden = ?", {id}, rows);
  }

  // The feed's entries do not say of which event they are.
  void spread(std::vector<Row>& changes) {
    for (std::size_t i = 0; i < changes.size() && !rows_.events.empty(); ++i) {
      rows_.events[i * rows_.events.size() / changes.size()].push_back(std::move(changes[i]));
    }
  }

  Database database_;
  std::size_t events_max_;
  BareRows rows_;
  std::map<std::string, Statement> statements_;
  std::set<std::string> seen_;
};

// Records are written again by every event of theirs, the rest once.
std::string insert_sql(const BareRows& rows, std::size_t table) {
  std::string sql = "INSERT INTO " + rows.tables[table] + " VALUES (?";
  for (std::size_t i = 1; i < rows.columns[table]; ++i) sql += ",?";
  sql += ")";
  if (table == golden) return sql + " ON CONFLICT (id) DO UPDATE SET body = excluded.body";
  if (table == source_record) {
    return sql + " ON CONFLICT (system, entity, record_id) DO UPDATE SET body = excluded.body";
  }
  return sql;
}

class RowWriter {
 public:
  RowWriter(const std::string& path, const BareRows& rows)
      : database_(open_file(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {
    const SqliteOptions sidecar;
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    run(("PRAGMA cache_size=-" + std::to_string(sidecar.writer_cache_bytes / 1024)).c_str());
    run(("PRAGMA wal_autocheckpoint=" + std::to_string(sidecar.checkpoint_at_bytes / page_bytes))
            .c_str());
    for (const std::string& sql : rows.schema) run(sql.c_str());
    for (std::size_t table = 0; table < rows.tables.size(); ++table) {
      statements_.push_back(prepare(database_, insert_sql(rows, table)));
    }
    run("BEGIN");
    write(rows.first);
    run("COMMIT");
  }

  void run(const char* sql) { note(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr)); }

  void write(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      const Statement& statement = statements_[row.table];
      bind_cells(statement, row.cells);
      const int code = sqlite3_step(statement.get());
      note(code == SQLITE_DONE ? SQLITE_OK : code);
      sqlite3_reset(statement.get());
    }
  }

  const std::string& problem() const { return problem_; }

 private:
  void note(int code) {
    if (code != SQLITE_OK && problem_.empty()) problem_ = sqlite3_errmsg(database_.get());
  }

  Database database_;
  std::vector<Statement> statements_;
  std::string problem_;
};

}  // namespace

BareRows read_rows(const std::string& database, std::size_t events_max) {
  return RowReader(database, events_max).read();
}

BareResult write_rows(const std::string& database, const BareRows& rows, std::size_t batch_events,
                      double limit_s) {
  RowWriter writer(database, rows);
  BareResult result;
  const auto begin = Clock::now();
  while (result.events < rows.events.size() && seconds_since(begin) < limit_s) {
    const std::size_t end = std::min(result.events + batch_events, rows.events.size());
    writer.run("BEGIN IMMEDIATE");
    for (; result.events < end; ++result.events) writer.write(rows.events[result.events]);
    writer.run("COMMIT");
  }
  result.duration_s = std::max(seconds_since(begin), 1e-6);
  result.problem = writer.problem();
  return result;
}

double syncs_per_s(const std::string& file, double limit_s) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return 0;
  const std::vector<char> page(page_bytes, 'x');
  const auto begin = Clock::now();
  std::size_t syncs = 0;
  while (seconds_since(begin) < limit_s) {
    if (::write(descriptor, page.data(), page.size()) < 0 || fdatasync(descriptor) != 0) break;
    ++syncs;
  }
  const double duration_s = seconds_since(begin);
  close(descriptor);
  return static_cast<double>(syncs) / duration_s;
}

}  // namespace truce::bench
