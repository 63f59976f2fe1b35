#include "engine/store/sqlite/delivery_states.h"
#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {
namespace {

constexpr char find_receipt_sql[] =
    "SELECT kind, golden, audit_sequence, received_at, system, entity, answer FROM receipt"
    " WHERE event = ?1";
constexpr char find_event_sql[] = "SELECT number FROM event WHERE key = ?1";
constexpr char find_raw_sql[] =
    "SELECT received_at, system, entity, body FROM raw_event"
    " WHERE event = (SELECT number FROM event WHERE key = ?1)";

constexpr char list_raw_sql[] =
    "SELECT raw_event.received_at, raw_event.system, raw_event.entity, raw_event.body, event.key"
    " FROM raw_event JOIN event ON event.number = raw_event.event"
    " WHERE raw_event.received_at >= ?1 AND (raw_event.received_at > ?1 OR event.key > ?2)"
    " ORDER BY raw_event.received_at, event.key LIMIT ?3";

#define AUDIT_COLUMNS                                                                      \
  "SELECT sequence, at, kind, actor, entity, golden, event.key, body, previous_hash, hash" \
  " FROM audit LEFT JOIN event ON event.number = audit.event"
constexpr char list_audit_sql[] = AUDIT_COLUMNS " WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
constexpr char list_audit_of_golden_sql[] = AUDIT_COLUMNS
    " WHERE golden = ?3 AND golden IS NOT NULL AND sequence > ?1"
    " ORDER BY sequence LIMIT ?2";
constexpr char list_audit_of_event_sql[] = AUDIT_COLUMNS
    " WHERE event = (SELECT number FROM event WHERE key = ?4) AND event IS NOT NULL"
    " AND (?3 IS NULL OR golden = ?3) AND sequence > ?1 ORDER BY sequence LIMIT ?2";
constexpr char last_audit_sql[] = AUDIT_COLUMNS " ORDER BY sequence DESC LIMIT 1";
#undef AUDIT_COLUMNS

constexpr char list_changes_sql[] =
    "SELECT sequence, at, kind, body FROM change WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
// Asked for every event; nearly nothing ever waits.
constexpr char is_waited_for_sql[] = "SELECT 1 FROM parked WHERE waits_for = ?1 LIMIT 1";
constexpr char parked_for_sql[] =
    "SELECT event.key, waits_for, received_at, body FROM parked"
    " JOIN event ON event.number = parked.event"
    " WHERE waits_for = ?1 ORDER BY received_at, event.key LIMIT ?2";
constexpr char parked_causes_sql[] =
    "SELECT waits_for, count(*), min(received_at) FROM parked INDEXED BY parked_waiting"
    " WHERE waits_for > ?1 GROUP BY waits_for ORDER BY waits_for LIMIT ?2";
constexpr char count_guarded_sql[] =
    "SELECT count(*) FROM guard_mark WHERE system = ?1 AND entity = ?2 AND kind = ?3 AND at >= ?4";
constexpr char guard_times_sql[] =
    "SELECT at FROM guard_mark WHERE system = ?1 AND entity = ?2 AND kind = ?3";
constexpr char find_meta_sql[] = "SELECT value FROM meta WHERE name = ?1";
constexpr char count_audit_sql[] = "SELECT coalesce(max(sequence), 0) FROM audit";
constexpr char all_tallies_sql[] = "SELECT name, count FROM tally";
constexpr char count_unanswered_sql[] =
    "SELECT category, count(*), min(opened_at) FROM exception INDEXED BY exception_unanswered"
    " WHERE state IN ('open', 'claimed') GROUP BY category";
constexpr char oldest_waiting_sql[] =
    "SELECT min(due_at) FROM delivery"
    " WHERE system = ?1 AND " DELIVERY_AWAITS_HAND_OUT;

AuditEntry read_audit(const Rows& rows) {
  AuditEntry entry;
  entry.sequence = rows.count(0);
  entry.at = rows.time(1);
  entry.kind = rows.text(2);
  entry.actor = rows.text(3);
  entry.entity = EntityName(rows.view(4));
  entry.golden.text = rows.text(5);
  entry.event_key = EventKey(rows.digest(6));
  entry.body = rows.text(7);
  entry.previous_hash = rows.digest(8);
  entry.hash = rows.digest(9);
  return entry;
}

void keep_least(std::optional<Time>& least, Time time) {
  if (!least || time < *least) least = time;
}

// One row of the tally table, or a pending change of it.
void add_tally(StoreCounts& counts, const std::string& name, std::int64_t count) {
  const auto amount = static_cast<std::uint64_t>(count);  // a negative change wraps, and back
  const std::string delivery = "delivery/";
  if (name == "sources") {
    counts.sources += amount;
  } else if (name == "receipts") {
    counts.receipts += amount;
  } else if (name == "parked") {
    counts.parked += amount;
  } else if (name.starts_with("golden/")) {
    counts.goldens += amount;
  } else if (name.starts_with(delivery)) {
    counts.deliveries_by_state[name.substr(delivery.size())] += amount;
  }
}

}  // namespace

std::optional<Receipt> Reads::find_receipt(const EventKey& key) {
  const std::int64_t number = memory_ ? memory_->event_numbers.of(connection_, key)
                                      : find_event_number(connection_, key);
  if (number == 0) return std::nullopt;
  Rows rows = connection_.query(find_receipt_sql, {number});
  if (!rows.next()) return std::nullopt;
  Receipt receipt;
  receipt.event_key = key;
  receipt.kind = outcome_kind_from(rows.view(0)).value_or(OutcomeKind::unchanged);
  receipt.golden.text = rows.text(1);
  receipt.audit_sequence = rows.count(2);
  receipt.received_at = rows.time(3);
  receipt.system = SystemName(rows.view(4));
  receipt.entity = EntityName(rows.view(5));
  receipt.answer = rows.text(6);
  return receipt;
}

std::optional<RawEvent> Reads::find_raw(const EventKey& key) {
  Rows rows = connection_.query(find_raw_sql, {Digest{key.text()}});
  if (!rows.next()) return std::nullopt;
  return RawEvent{key, rows.time(0), SystemName(rows.view(1)), EntityName(rows.view(2)),
                  rows.text(3)};
}

std::vector<RawEvent> Reads::list_raw(const RawFilter& filter) {
  std::vector<RawEvent> found;
  Rows rows = connection_.query(
      list_raw_sql, {filter.received_at, Digest{filter.event_key.text()}, filter.limit});
  while (rows.next()) {
    found.push_back({EventKey(rows.digest(4)), rows.time(0), SystemName(rows.view(1)),
                     EntityName(rows.view(2)), rows.text(3)});
  }
  return found;
}

std::vector<AuditEntry> Reads::list_audit(const AuditFilter& filter) {
  const char* sql = !filter.event_key.empty() ? list_audit_of_event_sql
                    : !filter.golden.empty()  ? list_audit_of_golden_sql
                                              : list_audit_sql;
  std::vector<AuditEntry> found;
  Rows rows = filter.event_key.empty() && filter.golden.empty()
                  ? connection_.query(sql, {filter.after, filter.limit})
              : filter.event_key.empty()
                  ? connection_.query(sql, {filter.after, filter.limit, filter.golden})
                  : connection_.query(sql, {filter.after, filter.limit, or_null(filter.golden),
                                            Digest{filter.event_key.text()}});
  while (rows.next()) found.push_back(read_audit(rows));
  return found;
}

std::optional<AuditEntry> Reads::last_audit() {
  if (memory_ && memory_->last_audit) return memory_->last_audit;
  Rows rows = connection_.query(last_audit_sql);
  if (!rows.next()) return std::nullopt;
  return read_audit(rows);
}

std::vector<Change> Reads::list_changes(std::uint64_t after, std::size_t limit) {
  std::vector<Change> found;
  Rows rows = connection_.query(list_changes_sql, {after, limit});
  while (rows.next()) {
    found.push_back({rows.count(0), rows.time(1), rows.text(2), rows.text(3)});
  }
  return found;
}

std::vector<ParkedEvent> Reads::parked_for(const std::string& waits_for, std::size_t limit) {
  std::vector<ParkedEvent> found;
  if (!connection_.query(is_waited_for_sql, {waits_for}).next()) return found;
  Rows rows = connection_.query(parked_for_sql, {waits_for, limit});
  while (rows.next()) {
    found.push_back({EventKey(rows.digest(0)), rows.text(1), rows.time(2), rows.text(3)});
  }
  return found;
}

std::vector<ParkedCause> Reads::parked_causes(const std::string& after, std::size_t limit) {
  std::vector<ParkedCause> found;
  Rows rows = connection_.query(parked_causes_sql, {after, limit});
  while (rows.next()) found.push_back({rows.text(0), rows.count(1), rows.time(2)});
  return found;
}

std::size_t Reads::count_guarded(const SystemName& system, const EntityName& entity,
                                 const std::string& kind, Time since) {
  if (memory_) return memory_->guard_windows.count(connection_, system, entity, kind, since);
  Rows rows = connection_.query(count_guarded_sql, {system, entity, kind, since});
  return rows.next() ? rows.count(0) : 0;
}

std::optional<std::string> Reads::find_meta(const std::string& name) {
  if (const auto* known = memory_ ? memory_->meta.find(name) : nullptr) return *known;
  Rows rows = connection_.query(find_meta_sql, {name});
  std::optional<std::string> value;
  if (rows.next()) value = rows.text(0);
  if (memory_ && !connection_.failure()) memory_->meta.note(name, value);
  return value;
}

void Reads::count_tallies(StoreCounts& counts) {
  Rows rows = connection_.query(all_tallies_sql);
  while (rows.next()) add_tally(counts, rows.text(0), rows.integer(1));
  if (memory_) {
    for (const auto& [name, change] : memory_->tallies) add_tally(counts, name, change);
  }
  std::erase_if(counts.deliveries_by_state, [](const auto& entry) { return entry.second == 0; });
}

StoreCounts Reads::count_all() {
  StoreCounts counts;
  count_tallies(counts);
  if (Rows rows = connection_.query(count_audit_sql); rows.next()) {
    counts.audit_entries = rows.count(0);
  }
  Rows unanswered = connection_.query(count_unanswered_sql);
  while (unanswered.next()) {
    counts.unanswered_exceptions_by_category[unanswered.text(0)] = unanswered.count(1);
    keep_least(counts.oldest_unanswered_exception, unanswered.time(2));
  }
  for (const SystemName& system : systems_with_waiting()) {
    Rows oldest = connection_.query(oldest_waiting_sql, {system});
    if (oldest.next()) keep_least(counts.oldest_due_delivery, oldest.time(0));
  }
  return counts;
}

std::int64_t find_event_number(Connection& connection, const EventKey& key) {
  Rows rows = connection.query(find_event_sql, {Digest{key.text()}});
  return rows.next() ? rows.integer(0) : 0;
}

std::int64_t& EventNumbers::of(Connection& connection, const EventKey& key) {
  const auto [place, is_new] = numbers_.try_emplace(key.text(), 0);
  if (is_new) place->second = find_event_number(connection, key);
  return place->second;
}

std::size_t GuardWindows::count(Connection& connection, const SystemName& system,
                                const EntityName& entity, const std::string& kind, Time since) {
  const Key key(system, entity, kind);
  const auto known = windows_.find(key);
  if (known != windows_.end()) return known->second.count_since(since);
  std::vector<Time> times;
  Rows rows = connection.query(guard_times_sql, {system, entity, kind});
  while (rows.next()) times.push_back(rows.time(0));
  return windows_.emplace(key, RecentTimes(std::move(times))).first->second.count_since(since);
}

void GuardWindows::note(const SystemName& system, const EntityName& entity, const std::string& kind,
                        std::optional<Time> before, Time at) {
  const auto known = windows_.find(Key(system, entity, kind));
  if (known == windows_.end()) return;
  if (before) known->second.remove(*before);
  known->second.add(at);
}

}  // namespace truce::sqlite
