#include <algorithm>
#include <utility>

#include "engine/store/sqlite/delivery_states.h"
#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {
namespace {

constexpr char find_delivery_sql[] = "SELECT sequence, body FROM delivery WHERE id = ?1";
constexpr char open_deliveries_sql[] =
    "SELECT sequence, body FROM delivery WHERE golden = ?1 AND " DELIVERY_IS_OPEN("")
    " ORDER BY sequence";
// Leaps from one system to the next in the index of what waits.
constexpr char systems_with_waiting_sql[] =
    "WITH RECURSIVE leap (system) AS ("
    "  SELECT min(system) FROM delivery WHERE " DELIVERY_AWAITS_HAND_OUT
    "  UNION ALL"
    "  SELECT (SELECT min(system) FROM delivery"
    "          WHERE " DELIVERY_AWAITS_HAND_OUT " AND system > leap.system)"
    "  FROM leap WHERE leap.system IS NOT NULL)"
    " SELECT system FROM leap WHERE system IS NOT NULL";
// An older one of the same record and system that is out, of unknown fate, or due as well blocks.
constexpr char due_deliveries_sql[] =
    "SELECT sequence, body FROM delivery AS candidate"
    " WHERE " DELIVERY_AWAITS_HAND_OUT " AND system = ?1 AND due_at <= ?2"
    " AND NOT EXISTS ("
    "  SELECT 1 FROM delivery AS older"
    "  WHERE older.golden = candidate.golden AND older.system = candidate.system"
    "  AND older.sequence < candidate.sequence"
    "  AND " DELIVERY_IS_OPEN("older.")
    "  AND (older.state IN ('leased', 'verifying')"
    "       OR (older.state IN ('pending', 'waiting') AND older.due_at <= ?2)))"
    " ORDER BY due_at, sequence LIMIT ?3";
constexpr char expired_leases_sql[] =
    "SELECT sequence, body FROM delivery"
    " WHERE state = 'leased' AND state <> 'delivered' AND lease_expires_at <= ?1"
    " ORDER BY lease_expires_at, sequence LIMIT ?2";
constexpr char list_all_deliveries_sql[] =
    "SELECT sequence, body FROM delivery WHERE sequence > ?1 AND (?2 = '' OR system = ?2)"
    " ORDER BY sequence LIMIT ?3";
constexpr char list_delivered_sql[] =
    "SELECT sequence, body FROM delivery WHERE sequence > ?1 AND (?2 = '' OR system = ?2)"
    " AND state = 'delivered' ORDER BY sequence LIMIT ?3";
constexpr char list_leased_sql[] =
    "SELECT sequence, body FROM delivery WHERE sequence > ?1 AND (?2 = '' OR system = ?2)"
    " AND state = 'leased' AND state <> 'delivered' ORDER BY sequence LIMIT ?3";
// Without a lease the index has them in order of sequence.
constexpr char list_standing_sql[] =
    "SELECT sequence, body FROM delivery WHERE sequence > ?1 AND (?2 = '' OR system = ?2)"
    " AND state = ?4 AND state <> 'delivered' AND lease_expires_at IS NULL"
    " ORDER BY sequence LIMIT ?3";

Delivery read_delivery(Connection& connection, const Rows& rows) {
  Delivery delivery = delivery_from_stored(read_document(connection, rows.view(1)).root());
  delivery.sequence = rows.count(0);
  return delivery;
}

void append_deliveries(Connection& connection, Rows& rows, std::vector<Delivery>& found) {
  while (rows.next()) found.push_back(read_delivery(connection, rows));
}

}  // namespace

std::optional<Delivery> Reads::find_delivery(const DeliveryId& id) {
  Rows rows = connection_.query(find_delivery_sql, {id});
  if (!rows.next()) return std::nullopt;
  return read_delivery(connection_, rows);
}

std::vector<Delivery> Reads::open_deliveries(const GoldenId& golden) {
  const KeptRecord* kept = memory_ ? memory_->records.find(golden) : nullptr;
  if (kept && kept->deliveries) return *kept->deliveries;
  std::vector<Delivery> found;
  Rows rows = connection_.query(open_deliveries_sql, {golden});
  append_deliveries(connection_, rows, found);
  if (memory_ && !connection_.failure()) memory_->records.keep(golden, found);
  return found;
}

std::vector<SystemName> Reads::systems_with_waiting() {
  std::vector<SystemName> found;
  Rows rows = connection_.query(systems_with_waiting_sql);
  while (rows.next()) found.emplace_back(rows.text(0));
  return found;
}

std::vector<Delivery> Reads::due_deliveries(const SystemName& system, Time now, std::size_t limit) {
  std::vector<Delivery> found;
  const std::vector<SystemName> systems =
      system.empty() ? systems_with_waiting() : std::vector<SystemName>{system};
  for (const SystemName& each : systems) {
    Rows rows = connection_.query(due_deliveries_sql, {each, now, limit});
    append_deliveries(connection_, rows, found);
  }
  if (systems.size() < 2) return found;
  std::sort(found.begin(), found.end(), [](const Delivery& a, const Delivery& b) {
    return std::pair(a.due_at, a.sequence) < std::pair(b.due_at, b.sequence);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::vector<Delivery> Reads::expired_leases(Time now, std::size_t limit) {
  std::vector<Delivery> found;
  Rows rows = connection_.query(expired_leases_sql, {now, limit});
  append_deliveries(connection_, rows, found);
  return found;
}

std::vector<Delivery> Reads::list_deliveries(const DeliveryFilter& filter) {
  std::vector<Delivery> found;
  const bool standing = filter.state && *filter.state != DeliveryState::delivered &&
                        *filter.state != DeliveryState::leased;
  if (standing) {
    Rows rows = connection_.query(
        list_standing_sql, {filter.after, filter.system, filter.limit, to_string(*filter.state)});
    append_deliveries(connection_, rows, found);
    return found;
  }
  const char* sql = !filter.state                               ? list_all_deliveries_sql
                    : *filter.state == DeliveryState::delivered ? list_delivered_sql
                                                                : list_leased_sql;
  Rows rows = connection_.query(sql, {filter.after, filter.system, filter.limit});
  append_deliveries(connection_, rows, found);
  return found;
}

}  // namespace truce::sqlite
