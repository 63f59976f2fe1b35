// The outbox and the operator's queue.
#include "engine/store/sqlite/transaction.h"

namespace truce::sqlite {
namespace {

constexpr char find_delivery_place_sql[] = "SELECT sequence, state FROM delivery WHERE id = ?1";
constexpr char insert_delivery_sql[] =
    "INSERT INTO delivery (id, golden, system, state, due_at, handed_out_at, lease_expires_at,"
    " settled_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
constexpr char update_delivery_sql[] =
    "UPDATE delivery SET golden = ?2, system = ?3, state = ?4, due_at = ?5, handed_out_at = ?6,"
    " lease_expires_at = ?7, settled_at = ?8, body = ?9 WHERE sequence = ?1";

constexpr char put_exception_sql[] =
    "INSERT INTO exception (id, subject, category, state, golden, opened_at, due_at, closed_at,"
    " body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET"
    " subject = excluded.subject, category = excluded.category, state = excluded.state,"
    " golden = excluded.golden, opened_at = excluded.opened_at, due_at = excluded.due_at,"
    " closed_at = excluded.closed_at, body = excluded.body";
constexpr char find_exception_place_sql[] = "SELECT sequence FROM exception WHERE id = ?1";
constexpr char announce_overdue_sql[] = "UPDATE exception SET announced = 1 WHERE id = ?1";

std::string tally_name(std::string_view state) { return "delivery/" + std::string(state); }

// A lease's end belongs to a lease; an old one may stand in the row's body.
std::optional<Time> lease_end(const Delivery& delivery) {
  return delivery.state == DeliveryState::leased ? delivery.lease_expires_at : std::nullopt;
}

}  // namespace

bool SqliteTransaction::insert_delivery(Delivery& delivery, const std::string& body) {
  const bool done = connection_.execute(
      insert_delivery_sql,
      {delivery.id, delivery.golden, delivery.system, to_string(delivery.state), delivery.due_at,
       delivery.handed_out_at, lease_end(delivery), delivery.settled_at, body});
  if (!done) return false;
  delivery.sequence = static_cast<std::uint64_t>(connection_.last_inserted());
  add_to_tally(tally_name(to_string(delivery.state)), 1);
  return true;
}

void SqliteTransaction::put_delivery(Delivery& delivery) {
  write([&] {
    const std::string body = to_stored(delivery);
    std::uint64_t sequence = 0;
    std::string old_state;
    if (Rows rows = connection_.query(find_delivery_place_sql, {delivery.id}); rows.next()) {
      sequence = rows.count(0);
      old_state = rows.text(1);
    }
    if (sequence == 0) {
      if (insert_delivery(delivery, body)) memory_.records.put(delivery);
      return;
    }
    delivery.sequence = sequence;
    const bool done = connection_.execute(
        update_delivery_sql,
        {sequence, delivery.golden, delivery.system, to_string(delivery.state), delivery.due_at,
         delivery.handed_out_at, lease_end(delivery), delivery.settled_at, body});
    if (!done) return;
    memory_.records.put(delivery);
    add_to_tally(tally_name(old_state), -1);
    add_to_tally(tally_name(to_string(delivery.state)), 1);
  });
}

void SqliteTransaction::put_exception(ExceptionItem& item) {
  write([&] {
    const bool done = connection_.execute(
        put_exception_sql, {item.id, item.subject, to_string(item.category), to_string(item.state),
                            or_null(item.golden), item.opened_at, item.due_at, item.closed_at,
                            to_stored(item)});
    if (!done) return;
    item.sequence = static_cast<std::uint64_t>(connection_.last_inserted());
    if (item.sequence != 0) return;
    Rows rows = connection_.query(find_exception_place_sql, {item.id});
    if (rows.next()) item.sequence = rows.count(0);
  });
}

void SqliteTransaction::announce_overdue(const ExceptionId& id) {
  write([&] { connection_.execute(announce_overdue_sql, {id}); });
}

}  // namespace truce::sqlite
