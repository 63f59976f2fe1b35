#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {
namespace {

constexpr char find_run_sql[] = "SELECT body, sequence FROM reconciliation WHERE id = ?1";
constexpr char list_runs_sql[] =
    "SELECT body, sequence FROM reconciliation WHERE sequence > ?1"
    " AND (?2 IS NULL OR entity = ?2) ORDER BY sequence LIMIT ?3";
constexpr char list_runs_of_state_sql[] =
    "SELECT body, sequence FROM reconciliation WHERE state = ?4 AND sequence > ?1"
    " AND (?2 IS NULL OR entity = ?2) ORDER BY sequence LIMIT ?3";

#define STAGED_COLUMNS                                                                     \
  "SELECT number, system, record_id, observed_at, digest, state, golden, body FROM staged" \
  " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1)"
constexpr char find_staged_sql[] = STAGED_COLUMNS " AND system = ?2 AND record_id = ?3";
constexpr char waiting_staged_sql[] =
    STAGED_COLUMNS " AND state = 'waiting' AND number > ?2 ORDER BY number LIMIT ?3";
constexpr char staged_of_sql[] = STAGED_COLUMNS " AND golden = ?2 ORDER BY number";
constexpr char staged_with_key_sql[] = STAGED_COLUMNS
    " AND state = 'waiting' AND number IN (SELECT number FROM staged_key"
    " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) AND key = ?2"
    " ORDER BY number LIMIT ?3) ORDER BY number";
#undef STAGED_COLUMNS

constexpr char staged_keys_between_sql[] =
    "SELECT key, number FROM staged_record_key"
    " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) AND key >= ?2"
    " AND (?3 IS NULL OR key < ?3) ORDER BY key, number";
constexpr char count_same_sql[] =
    "SELECT count(*) FROM (SELECT 1 FROM staged INDEXED BY staged_by_golden"
    " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) AND golden IS NOT NULL"
    " GROUP BY golden HAVING min(state) = 'same' AND max(state) = 'same')";
constexpr char not_staged_sql[] =
    // The row itself is read last: what was staged is known from the indexes alone.
    "SELECT record_id, CASE WHEN NOT EXISTS ("
    "SELECT 1 FROM staged WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1)"
    " AND staged.system = ?2 AND staged.record_id = source_record.record_id)"
    " AND golden IS NOT NULL AND state = 'active' THEN body END"
    " FROM source_record WHERE system = ?2 AND entity = ?3 AND record_id > ?4"
    " ORDER BY record_id LIMIT ?5";
constexpr char find_mark_sql[] =
    "SELECT digest, golden, audit, policy FROM snapshot_mark"
    " WHERE system = ?1 AND entity = ?2 AND record_id = ?3";
constexpr char last_audit_of_sql[] =
    "SELECT coalesce(max(sequence), 0) FROM audit WHERE golden = ?1 AND golden IS NOT NULL";
constexpr char list_discrepancies_sql[] =
    "SELECT number, kind, cause, resolution, system, golden, detail FROM discrepancy"
    " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) AND number > ?2"
    " AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR cause = ?4)"
    " AND (?5 IS NULL OR resolution = ?5) AND (?6 IS NULL OR system = ?6)"
    " ORDER BY number LIMIT ?7";

Reconciliation read_run(Connection& connection, const Rows& rows) {
  Reconciliation run = reconciliation_from_stored(read_document(connection, rows.view(0)).root());
  run.sequence = rows.count(1);
  return run;
}

StagedRecord read_staged(const Rows& rows) {
  StagedRecord record;
  record.number = rows.count(0);
  record.system = SystemName(rows.view(1));
  record.id.text = rows.text(2);
  record.observed_at = rows.time(3);
  record.digest = rows.digest(4);
  record.state = staged_state_from(rows.view(5)).value_or(StagedState::waiting);
  record.golden.text = rows.text(6);
  record.body = rows.text(7);
  return record;
}

std::vector<StagedRecord> all_staged(Rows rows) {
  std::vector<StagedRecord> found;
  while (rows.next()) found.push_back(read_staged(rows));
  return found;
}

template <class Enum>
Parameter word_or_null(const std::optional<Enum>& value) {
  return value ? Parameter(to_string(*value)) : Parameter(nullptr);
}

}  // namespace

std::optional<Reconciliation> Reads::find_run(const RunId& run) {
  Rows rows = connection_.query(find_run_sql, {run});
  if (!rows.next()) return std::nullopt;
  return read_run(connection_, rows);
}

std::vector<Reconciliation> Reads::list_runs(const RunFilter& filter) {
  std::vector<Reconciliation> found;
  Rows rows =
      filter.state
          ? connection_.query(list_runs_of_state_sql, {filter.after, or_null(filter.entity),
                                                       filter.limit, to_string(*filter.state)})
          : connection_.query(list_runs_sql, {filter.after, or_null(filter.entity), filter.limit});
  while (rows.next()) found.push_back(read_run(connection_, rows));
  return found;
}

std::optional<StagedRecord> Reads::find_staged(const RunId& run, const SystemName& system,
                                               const RecordId& record) {
  Rows rows = connection_.query(find_staged_sql, {run, system, record});
  if (!rows.next()) return std::nullopt;
  return read_staged(rows);
}

std::vector<StagedRecord> Reads::waiting_staged(const RunId& run, std::uint64_t after,
                                                std::size_t limit) {
  return all_staged(connection_.query(waiting_staged_sql, {run, after, limit}));
}

std::vector<StagedRecord> Reads::staged_of(const RunId& run, const GoldenId& golden) {
  return all_staged(connection_.query(staged_of_sql, {run, golden}));
}

std::vector<StagedRecord> Reads::staged_with_key(const RunId& run, const std::string& key,
                                                 std::size_t limit) {
  return all_staged(connection_.query(staged_with_key_sql, {run, key, limit}));
}

std::vector<StagedKey> Reads::staged_keys_between(const RunId& run, const std::string& from,
                                                  const std::string& to,
                                                  std::size_t holders_max) {
  std::vector<StagedKey> found;
  std::size_t holders = 0;
  Rows rows = connection_.query(staged_keys_between_sql,
                                {run, from, to.empty() ? Parameter(nullptr) : Parameter(to)});
  while (rows.next()) {
    const bool is_next_key = found.empty() || found.back().key != rows.view(0);
    holders = is_next_key ? 1 : holders + 1;
    if (holders <= holders_max) found.push_back({rows.text(0), rows.count(1)});
  }
  return found;
}

std::uint64_t Reads::count_same(const RunId& run) {
  Rows rows = connection_.query(count_same_sql, {run});
  return rows.next() ? rows.count(0) : 0;
}

NotStaged Reads::not_staged(const RunId& run, const SystemName& system, const EntityName& entity,
                            const RecordId& after, std::size_t limit) {
  NotStaged found;
  found.searched_to = after;
  std::size_t looked_at = 0;
  Rows rows = connection_.query(not_staged_sql, {run, system, entity, after, limit});
  for (; rows.next(); ++looked_at) {
    found.searched_to.text = rows.text(0);
    if (rows.is_null(1)) continue;
    found.records.push_back(
        source_record_from_stored(read_document(connection_, rows.view(1)).root()));
  }
  found.is_last = looked_at < limit;
  return found;
}

std::optional<SnapshotMark> Reads::find_mark(const SystemName& system, const EntityName& entity,
                                             const RecordId& record) {
  Rows rows = connection_.query(find_mark_sql, {system, entity, record});
  if (!rows.next()) return std::nullopt;
  return SnapshotMark{system,        entity,        record, rows.digest(0), GoldenId(rows.text(1)),
                      rows.count(2), rows.digest(3)};
}

std::uint64_t Reads::last_audit_of(const GoldenId& golden) {
  Rows rows = connection_.query(last_audit_of_sql, {golden});
  return rows.next() ? rows.count(0) : 0;
}

std::vector<Discrepancy> Reads::list_discrepancies(const RunId& run,
                                                   const DiscrepancyFilter& filter) {
  std::vector<Discrepancy> found;
  Rows rows =
      connection_.query(list_discrepancies_sql,
                        {run, filter.after, word_or_null(filter.kind), word_or_null(filter.cause),
                         word_or_null(filter.resolution), or_null(filter.system), filter.limit});
  while (rows.next()) {
    Discrepancy row;
    row.number = rows.count(0);
    row.kind = discrepancy_kind_from(rows.view(1)).value_or(row.kind);
    row.cause = cause_from(rows.view(2)).value_or(row.cause);
    row.resolution = resolution_from(rows.view(3)).value_or(row.resolution);
    row.system = SystemName(rows.view(4));
    row.golden.text = rows.text(5);
    row.detail = json_of(rows.view(6));
    found.push_back(std::move(row));
  }
  return found;
}

}  // namespace truce::sqlite
