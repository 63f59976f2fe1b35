// The limits of the disk and of SQLite, without anything of ours around them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace truce::bench {

using Cell = std::variant<std::monostate, std::int64_t, std::string, std::vector<std::uint8_t>>;

struct Row {
  std::size_t table = 0;  // of BareRows::tables
  std::vector<Cell> cells;
};

// What the sidecar has stored, as the rows that each event writes: its key, receipt, raw form and
// audit entry, its source and golden record, and with the first event of a record the match keys,
// deliveries, questions and feed entries.
struct BareRows {
  std::vector<std::string> schema;  // CREATE TABLE and INDEX; no triggers
  std::vector<std::string> tables;
  std::vector<std::size_t> columns;  // of each table
  std::vector<Row> first;            // before any event
  std::vector<std::vector<Row>> events;
  std::string problem;  // empty: read
};

// Of a database that no process has open.
BareRows read_rows(const std::string& database, std::size_t events_max);

struct BareResult {
  std::size_t events = 0;
  double duration_s = 0;
  std::string problem;
  double events_per_s() const { return static_cast<double>(events) / duration_s; }
};

// Writes them into a new file with the sidecar's durability (WAL, synchronous=FULL), so many events
// a commit, until all are written or `limit_s` is over.
BareResult write_rows(const std::string& database, const BareRows& rows, std::size_t batch_events,
                      double limit_s);

// How often a second a page appended to a file reaches the disk.
double syncs_per_s(const std::string& file, double limit_s);

}  // namespace truce::bench
