#include "bench/stored_counts.h"

#include <sqlite3.h>

namespace truce::bench {
namespace {

constexpr char outcomes_sql[] = "SELECT kind, count(*) FROM receipt GROUP BY kind";
constexpr char audited_sql[] = "SELECT '', count(*) FROM audit WHERE event IS NOT NULL";
constexpr char goldens_sql[] = "SELECT '', count(*) FROM golden";

std::map<std::string, std::uint64_t> read(sqlite3* database, const char* sql) {
  std::map<std::string, std::uint64_t> counts;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) return counts;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    counts[name] = static_cast<std::uint64_t>(sqlite3_column_int64(statement, 1));
  }
  sqlite3_finalize(statement);
  return counts;
}

}  // namespace

StoredCounts read_counts(const std::string& path) {
  StoredCounts counts;
  sqlite3* database = nullptr;
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
    counts.outcomes = read(database, outcomes_sql);
    counts.audited = read(database, audited_sql)[""];
    counts.goldens = read(database, goldens_sql)[""];
  }
  for (const auto& [kind, count] : counts.outcomes) counts.receipts += count;
  sqlite3_close_v2(database);
  return counts;
}

}  // namespace truce::bench
