// The outbox and the operator's queue.
#include "engine/store/sqlite/transaction.h"

namespace truce::sqlite {
namespace {

constexpr char find_delivery_place_sql[] = "SELECT sequence, state FROM delivery WHERE id = ?1";
constexpr char insert_delivery_sql[] =
    "INSERT INTO delivery (sequence, id, golden, system, state, due_at, handed_out_at,"
    " lease_expires_at, settled_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
constexpr char last_delivery_sql[] = "SELECT coalesce(max(sequence), 0) FROM delivery";
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

std::uint64_t SqliteTransaction::next_delivery() {
  if (!memory_.last_delivery) {
    Rows rows = connection_.query(last_delivery_sql);
    memory_.last_delivery = rows.next() ? rows.count(0) : 0;
  }
  return ++*memory_.last_delivery;
}

void SqliteTransaction::write_row(const Delivery& delivery, bool has_row) {
  const std::string body = to_stored(delivery);
  const std::string_view state = to_string(delivery.state);
  if (has_row) {
    connection_.execute(update_delivery_sql, {delivery.sequence, delivery.golden, delivery.system,
                                              state, delivery.due_at, delivery.handed_out_at,
                                              lease_end(delivery), delivery.settled_at, body});
  } else {
    connection_.execute(
        insert_delivery_sql,
        {delivery.sequence, delivery.id, delivery.golden, delivery.system, state, delivery.due_at,
         delivery.handed_out_at, lease_end(delivery), delivery.settled_at, body});
  }
}

void SqliteTransaction::put_delivery(Delivery& delivery) {
  write([&] {
    const KeptDelivery kept = memory_.records.find_delivery(delivery.id);
    bool has_row = kept.has_row;
    delivery.sequence = 0;
    if (kept.delivery) {
      delivery.sequence = kept.delivery->sequence;
      add_to_tally(tally_name(to_string(kept.delivery->state)), -1);
    } else if (Rows rows = connection_.query(find_delivery_place_sql, {delivery.id}); rows.next()) {
      delivery.sequence = rows.count(0);
      add_to_tally(tally_name(rows.view(1)), -1);
    } else {
      delivery.sequence = next_delivery();
      has_row = false;
    }
    add_to_tally(tally_name(to_string(delivery.state)), 1);
    if (memory_.records.put_off(delivery, has_row)) return give_back();
    write_row(delivery, has_row);
    if (!connection_.failure()) memory_.records.put(delivery);
  });
}

std::optional<Delivery> SqliteTransaction::find_delivery(const DeliveryId& id) {
  tell_file();
  return ForwardReads::find_delivery(id);
}

std::vector<Delivery> SqliteTransaction::due_deliveries(const SystemName& system, Time now,
                                                        std::size_t limit) {
  tell_file();
  return ForwardReads::due_deliveries(system, now, limit);
}

std::vector<Delivery> SqliteTransaction::expired_leases(Time now, std::size_t limit) {
  tell_file();
  return ForwardReads::expired_leases(now, limit);
}

std::vector<Delivery> SqliteTransaction::list_deliveries(const DeliveryFilter& filter) {
  tell_file();
  return ForwardReads::list_deliveries(filter);
}

StoreCounts SqliteTransaction::count_all() {
  tell_file();
  return ForwardReads::count_all();
}

void SqliteTransaction::put_exception(ExceptionItem& item) {
  write([&] {
    const bool done = connection_.execute(
        put_exception_sql,
        {item.id, item.subject, to_string(item.category), to_string(item.state),
         or_null(item.golden), item.opened_at, item.due_at, item.closed_at, to_stored(item)});
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
