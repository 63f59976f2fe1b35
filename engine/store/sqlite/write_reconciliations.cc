// What the slow loop keeps.
#include "engine/store/sqlite/transaction.h"

namespace truce::sqlite {
namespace {

constexpr char find_run_place_sql[] = "SELECT sequence FROM reconciliation WHERE id = ?1";
constexpr char insert_run_sql[] =
    "INSERT INTO reconciliation (id, entity, state, body) VALUES (?1, ?2, ?3, ?4)";
constexpr char update_run_sql[] =
    "UPDATE reconciliation SET entity = ?2, state = ?3, body = ?4 WHERE id = ?1";

constexpr char find_staged_place_sql[] =
    "SELECT number FROM staged WHERE run = ?1 AND system = ?2 AND record_id = ?3";
constexpr char insert_staged_sql[] =
    "INSERT INTO staged (run, system, record_id, observed_at, digest, state, golden, body)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr char update_staged_sql[] =
    "UPDATE staged SET observed_at = ?2, digest = ?3, state = ?4, golden = ?5, body = ?6"
    " WHERE number = ?1";
constexpr char forget_index_sql[] =
    "DELETE FROM staged_key WHERE (run, key, number) IN (SELECT run, key, number"
    " FROM staged_record_key WHERE run = ?1 AND number = ?2)";
constexpr char forget_keys_sql[] = "DELETE FROM staged_record_key WHERE run = ?1 AND number = ?2";
constexpr char put_key_sql[] =
    "INSERT OR IGNORE INTO staged_record_key (run, number, key) VALUES (?1, ?2, ?3)";
constexpr char index_key_sql[] =
    "INSERT OR IGNORE INTO staged_key (run, key, number) VALUES (?1, ?2, ?3)";
constexpr char settle_staged_sql[] =
    "UPDATE staged SET state = 'done', golden = ?3, body = NULL WHERE number = ?2"
    " AND run = (SELECT sequence FROM reconciliation WHERE id = ?1)";
constexpr char put_mark_sql[] =
    "INSERT INTO snapshot_mark (system, entity, record_id, digest, golden, audit, policy)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (system, entity, record_id) DO UPDATE SET"
    " digest = excluded.digest, golden = excluded.golden, audit = excluded.audit,"
    " policy = excluded.policy";
constexpr char last_discrepancy_sql[] =
    "SELECT coalesce(max(number), 0) FROM discrepancy WHERE run = ?1";
constexpr char append_discrepancy_sql[] =
    "INSERT INTO discrepancy (run, number, kind, cause, resolution, system, golden, detail)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
#define STAGED_TO_FORGET \
  "(SELECT number FROM staged" \
  " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) LIMIT ?2)"
#define KEYS_TO_FORGET \
  " FROM staged_record_key" \
  " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) AND number IN " STAGED_TO_FORGET
constexpr char forget_indexed_sql[] =
    "DELETE FROM staged_key WHERE (run, key, number) IN (SELECT run, key, number" KEYS_TO_FORGET
    ")";
constexpr char forget_keys_of_run_sql[] = "DELETE" KEYS_TO_FORGET;
constexpr char forget_staged_sql[] = "DELETE FROM staged WHERE number IN " STAGED_TO_FORGET;
#undef KEYS_TO_FORGET
#undef STAGED_TO_FORGET
constexpr char forget_run_sql[] = "DELETE FROM reconciliation WHERE id = ?1";
constexpr char forget_discrepancies_sql[] =
    "DELETE FROM discrepancy WHERE (run, number) IN (SELECT run, number FROM discrepancy"
    " WHERE run = (SELECT sequence FROM reconciliation WHERE id = ?1) ORDER BY number LIMIT ?2)";

Parameter text_or_null(const std::string& text) {
  return text.empty() ? Parameter(nullptr) : Parameter(text);
}

// 0 where there is none.
std::int64_t number_in(Connection& connection, const char* sql,
                       std::initializer_list<Parameter> parameters) {
  Rows rows = connection.query(sql, parameters);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

void SqliteTransaction::put_run(Reconciliation& run) {
  write([&] {
    std::int64_t place = number_in(connection_, find_run_place_sql, {run.id});
    const bool is_new = place == 0;
    const char* sql = is_new ? insert_run_sql : update_run_sql;
    if (!connection_.execute(sql, {run.id, run.entity, to_string(run.state), to_stored(run)})) {
      return;
    }
    if (is_new) place = connection_.last_inserted();
    run.sequence = static_cast<std::uint64_t>(place);
  });
}

bool SqliteTransaction::stage(const RunId& run, StagedRecord& record,
                              const std::vector<std::string>& keys) {
  bool is_new = false;
  write([&] {
    const std::int64_t run_number = number_in(connection_, find_run_place_sql, {run});
    if (run_number == 0) return break_rule("staged_of_a_run");
    std::int64_t number =
        number_in(connection_, find_staged_place_sql, {run_number, record.system, record.id});
    is_new = number == 0;
    if (is_new) {
      connection_.execute(
          insert_staged_sql,
          {run_number, record.system, record.id, record.observed_at, Digest{record.digest},
           to_string(record.state), text_or_null(record.golden.text), text_or_null(record.body)});
      number = connection_.last_inserted();
    } else {
      connection_.execute(
          update_staged_sql,
          {number, record.observed_at, Digest{record.digest}, to_string(record.state),
           text_or_null(record.golden.text), text_or_null(record.body)});
      connection_.execute(forget_index_sql, {run_number, number});
      connection_.execute(forget_keys_sql, {run_number, number});
    }
    for (const std::string& key : keys) {
      connection_.execute(put_key_sql, {run_number, number, key});
    }
    record.number = static_cast<std::uint64_t>(number);
  });
  return is_new;
}

void SqliteTransaction::index_staged(const RunId& run, const std::vector<StagedKey>& keys) {
  write([&] {
    const std::int64_t run_number = number_in(connection_, find_run_place_sql, {run});
    if (run_number == 0) return;
    for (const StagedKey& key : keys) {
      connection_.execute(index_key_sql, {run_number, key.key, key.number});
    }
  });
}

void SqliteTransaction::settle_staged(const RunId& run, std::uint64_t number,
                                      const GoldenId& golden) {
  write([&] { connection_.execute(settle_staged_sql, {run, number, text_or_null(golden.text)}); });
}

void SqliteTransaction::put_mark(const SnapshotMark& mark) {
  write([&] {
    connection_.execute(put_mark_sql,
                        {mark.system, mark.entity, mark.id, Digest{mark.digest}, mark.golden,
                         mark.audit_sequence, Digest{mark.policy_sha256}});
  });
}

void SqliteTransaction::append_discrepancy(const RunId& run, Discrepancy& discrepancy) {
  write([&] {
    const std::int64_t run_number = number_in(connection_, find_run_place_sql, {run});
    if (run_number == 0) return break_rule("discrepancy_of_a_run");
    const std::int64_t number = number_in(connection_, last_discrepancy_sql, {run_number}) + 1;
    connection_.execute(
        append_discrepancy_sql,
        {run_number, number, to_string(discrepancy.kind), to_string(discrepancy.cause),
         to_string(discrepancy.resolution), discrepancy.system,
         text_or_null(discrepancy.golden.text), to_wire(discrepancy.detail)});
    discrepancy.number = static_cast<std::uint64_t>(number);
  });
}

std::size_t SqliteTransaction::forget_staged(const RunId& run, std::size_t limit) {
  forget(forget_indexed_sql, {run, limit});
  forget(forget_keys_of_run_sql, {run, limit});
  return forget(forget_staged_sql, {run, limit});
}

std::size_t SqliteTransaction::forget_discrepancies(const RunId& run, std::size_t limit) {
  return forget(forget_discrepancies_sql, {run, limit});
}

void SqliteTransaction::forget_run(const RunId& run) {
  write([&] { connection_.execute(forget_run_sql, {run}); });
}

NotStaged SqliteTransaction::not_staged(const RunId& run, const SystemName& system,
                                        const EntityName& entity, const RecordId& after,
                                        std::size_t limit) {
  tell_file();
  return ForwardReads::not_staged(run, system, entity, after, limit);
}

}  // namespace truce::sqlite
