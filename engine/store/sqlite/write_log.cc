#include "engine/store/sqlite/transaction.h"

namespace truce::sqlite {
namespace {

constexpr char insert_event_sql[] = "INSERT INTO event (key) VALUES (?1)";
constexpr char insert_receipt_sql[] =
    "INSERT INTO receipt (event, kind, golden, audit_sequence, received_at, system, entity, answer)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr char put_raw_sql[] =
    "INSERT INTO raw_event (event, received_at, system, entity, body) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (event) DO UPDATE SET received_at = excluded.received_at,"
    " system = excluded.system, entity = excluded.entity, body = excluded.body";
constexpr char append_audit_sql[] =
    "INSERT INTO audit (sequence, at, kind, actor, entity, golden, event, body, previous_hash,"
    " hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
constexpr char append_change_sql[] = "INSERT INTO change (at, kind, body) VALUES (?1, ?2, ?3)";
constexpr char park_sql[] =
    "INSERT INTO parked (event, waits_for, received_at, body) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (event) DO UPDATE SET waits_for = excluded.waits_for,"
    " received_at = excluded.received_at, body = excluded.body";
constexpr char unpark_sql[] =
    "DELETE FROM parked WHERE event = (SELECT number FROM event WHERE key = ?1)";
constexpr char find_mark_sql[] =
    "SELECT at FROM guard_mark"
    " WHERE system = ?1 AND entity = ?2 AND kind = ?3 AND record_id = ?4";
constexpr char put_mark_sql[] =
    "INSERT INTO guard_mark (system, entity, kind, record_id, at) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (system, entity, kind, record_id) DO UPDATE SET at = excluded.at";
constexpr char put_meta_sql[] =
    "INSERT INTO meta (name, value) VALUES (?1, ?2)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value";

constexpr char forget_raw_sql[] =
    "DELETE FROM raw_event WHERE event IN (SELECT event FROM raw_event"
    " WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)";
constexpr char forget_answers_sql[] =
    "UPDATE receipt SET answer = NULL WHERE event IN (SELECT event FROM receipt"
    " WHERE system = ?1 AND answer IS NOT NULL AND received_at < ?2 ORDER BY received_at LIMIT ?3)";
constexpr char forget_changes_sql[] =
    "DELETE FROM change WHERE sequence IN (SELECT sequence FROM change"
    " WHERE at < ?1 ORDER BY at LIMIT ?2)";
constexpr char forget_marks_sql[] =
    "DELETE FROM guard_mark WHERE (system, entity, kind, record_id) IN ("
    "SELECT system, entity, kind, record_id FROM guard_mark"
    " WHERE at < ?1 ORDER BY at LIMIT ?2)";

}  // namespace

std::int64_t SqliteTransaction::event_number(const EventKey& key) {
  std::int64_t& number = memory_.event_numbers.of(connection_, key);
  if (number == 0 && connection_.execute(insert_event_sql, {Digest{key.text()}})) {
    number = connection_.last_inserted();
  }
  return number;
}

void SqliteTransaction::put_receipt(const Receipt& receipt) {
  write([&] {
    const Parameter answer = receipt.answer.empty() ? Parameter(nullptr) : receipt.answer;
    const bool done = connection_.execute(
        insert_receipt_sql,
        {event_number(receipt.event_key), to_string(receipt.kind), or_null(receipt.golden),
         receipt.audit_sequence, receipt.received_at, receipt.system, receipt.entity, answer});
    if (done) add_to_tally("receipts", 1);
  });
}

void SqliteTransaction::put_raw(const RawEvent& raw) {
  write([&] {
    connection_.execute(put_raw_sql, {event_number(raw.event_key), raw.received_at, raw.system,
                                      raw.entity, raw.body});
  });
}

void SqliteTransaction::append_audit(const AuditEntry& entry) {
  write([&] {
    const Parameter event =
        entry.event_key.empty() ? Parameter(nullptr) : Parameter(event_number(entry.event_key));
    const bool done = connection_.execute(
        append_audit_sql,
        {entry.sequence, entry.at, entry.kind, entry.actor, entry.entity, or_null(entry.golden),
         event, entry.body, Digest{entry.previous_hash}, Digest{entry.hash}});
    if (done) memory_.last_audit = entry;
  });
}

std::uint64_t SqliteTransaction::append_change(const Change& change) {
  std::uint64_t sequence = 0;
  write([&] {
    if (!connection_.execute(append_change_sql, {change.at, change.kind, change.body})) {
      return;
    }
    sequence = static_cast<std::uint64_t>(connection_.last_inserted());
  });
  return sequence;
}

void SqliteTransaction::park(const ParkedEvent& event) {
  write([&] {
    const bool done = connection_.execute(
        park_sql, {event_number(event.event_key), event.waits_for, event.received_at, event.body});
    if (done && connection_.last_inserted() != 0) add_to_tally("parked", 1);
  });
}

void SqliteTransaction::unpark(const EventKey& key) {
  write([&] {
    if (!connection_.execute(unpark_sql, {Digest{key.text()}})) return;
    add_to_tally("parked", -connection_.changes());
  });
}

void SqliteTransaction::note_guarded(const SystemName& system, const EntityName& entity,
                                     const std::string& kind, const RecordId& record, Time at) {
  write([&] {
    std::optional<Time> before;
    if (Rows rows = connection_.query(find_mark_sql, {system, entity, kind, record}); rows.next()) {
      before = rows.time(0);
    }
    if (before && *before >= at) return;
    if (connection_.execute(put_mark_sql, {system, entity, kind, record, at})) {
      memory_.guard_windows.note(system, entity, kind, before, at);
    }
  });
}

void SqliteTransaction::put_meta(const std::string& name, const std::string& value) {
  write([&] {
    if (connection_.execute(put_meta_sql, {name, value})) memory_.meta.note(name, value);
  });
}

std::size_t SqliteTransaction::forget(const char* sql,
                                      std::initializer_list<Parameter> parameters) {
  std::size_t gone = 0;
  write([&] {
    if (connection_.execute(sql, parameters)) {
      gone = static_cast<std::size_t>(connection_.changes());
    }
  });
  return gone;
}

std::size_t SqliteTransaction::forget_raw_before(Time before, std::size_t limit) {
  return forget(forget_raw_sql, {before, limit});
}

std::size_t SqliteTransaction::forget_answers_before(const SystemName& system, Time before,
                                                     std::size_t limit) {
  return forget(forget_answers_sql, {system, before, limit});
}

std::size_t SqliteTransaction::forget_changes_before(Time before, std::size_t limit) {
  return forget(forget_changes_sql, {before, limit});
}

std::size_t SqliteTransaction::forget_guarded_before(Time before, std::size_t limit) {
  const std::size_t gone = forget(forget_marks_sql, {before, limit});
  if (gone > 0) memory_.guard_windows.forget();
  return gone;
}

}  // namespace truce::sqlite
