#include <algorithm>
#include <map>

#include "engine/store/sqlite/delivery_states.h"
#include "engine/store/sqlite/transaction.h"

namespace truce::sqlite {
namespace {

// Where nothing but the body changed, no index is touched.
constexpr char update_source_body_sql[] =
    "UPDATE source_record SET body = ?6 WHERE system = ?1 AND entity = ?2 AND record_id = ?3"
    " AND golden IS ?4 AND state = ?5";
constexpr char put_source_sql[] =
    "INSERT INTO source_record (system, entity, record_id, golden, state, body)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (system, entity, record_id) DO UPDATE"
    " SET golden = excluded.golden, state = excluded.state, body = excluded.body";

constexpr char update_golden_body_sql[] =
    "UPDATE golden SET body = ?5 WHERE id = ?1 AND entity = ?2 AND present = ?3 AND policy = ?4";
// One row in any case.
constexpr char find_golden_place_sql[] =
    "SELECT entity, present, EXISTS (SELECT 1 FROM source_record WHERE golden = ?1), EXISTS ("
    "SELECT 1 FROM delivery WHERE golden = ?1 AND " DELIVERY_IS_OPEN("") ")"
    " FROM (SELECT 1) LEFT JOIN golden ON id = ?1";
constexpr char insert_golden_sql[] =
    "INSERT INTO golden (id, entity, present, policy, body) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr char update_golden_sql[] =
    "UPDATE golden SET entity = ?2, present = ?3, policy = ?4, body = ?5 WHERE id = ?1";
constexpr char find_policy_sql[] = "SELECT number FROM policy WHERE sha256 = ?1";
constexpr char insert_policy_sql[] = "INSERT INTO policy (sha256) VALUES (?1)";

constexpr char parents_of_sql[] = "SELECT parent FROM golden_reference WHERE child = ?1";
constexpr char drop_reference_sql[] =
    "DELETE FROM golden_reference WHERE parent = ?1 AND child = ?2";
constexpr char add_reference_sql[] = "INSERT INTO golden_reference (parent, child) VALUES (?1, ?2)";

// Left to itself SQLite takes the primary key and reads every key of the entity.
constexpr char keys_of_sql[] =
    "SELECT key, golden, current FROM match_key INDEXED BY match_key_by_record"
    " WHERE system = ?1 AND entity = ?2 AND record_id = ?3";
constexpr char put_key_sql[] =
    "INSERT INTO match_key (entity, key, system, record_id, golden, current)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (entity, key, system, record_id) DO UPDATE"
    " SET golden = excluded.golden, current = excluded.current";

struct GoldenPlace {
  std::string entity;  // empty: the file has no row of it
  bool is_present = false;
  bool has_sources = false;
  bool has_deliveries = false;  // open ones
};

GoldenPlace find_golden_place(Connection& connection, const GoldenId& golden) {
  Rows rows = connection.query(find_golden_place_sql, {golden});
  if (!rows.next()) return {};
  return {rows.text(0), rows.integer(1) != 0, rows.integer(2) != 0, rows.integer(3) != 0};
}

struct KeyState {
  std::string golden;
  bool current = false;
  bool operator==(const KeyState&) const = default;
};

std::map<std::string, KeyState> keys_of(Connection& connection, const EntityName& entity,
                                        const SystemName& system, const RecordId& record) {
  std::map<std::string, KeyState> keys;
  Rows rows = connection.query(keys_of_sql, {system, entity, record});
  while (rows.next()) keys[rows.text(0)] = {rows.text(1), rows.integer(2) != 0};
  return keys;
}

}  // namespace

void SqliteTransaction::put_source(const SourceRecord& record) {
  write([&] {
    if (memory_.records.put_off(record)) return give_back();
    // The rule of links is the file's to see.
    if (memory_.records.has_unwritten(record.golden)) write_unwritten();
    write_row(record, !memory_.records.is_absent(record));
    if (!connection_.failure()) memory_.records.put(record);
  });
}

void SqliteTransaction::write_row(const SourceRecord& record, bool has_row) {
  const std::string body = to_stored(record);
  const Parameter golden = or_null(record.golden);
  const std::string_view state = to_string(record.state);
  if (has_row) {
    const bool done = connection_.execute(
        update_source_body_sql, {record.system, record.entity, record.id, golden, state, body});
    if (!done || connection_.changes() > 0) return;
  }
  const bool done = connection_.execute(
      put_source_sql, {record.system, record.entity, record.id, golden, state, body});
  if (done && connection_.last_inserted() != 0) add_to_tally("sources", 1);
}

std::int64_t SqliteTransaction::policy_number(const std::string& sha256) {
  const auto known = memory_.policy_numbers.find(sha256);
  if (known != memory_.policy_numbers.end()) return known->second;
  std::int64_t number = 0;
  if (Rows rows = connection_.query(find_policy_sql, {Digest{sha256}}); rows.next()) {
    number = rows.integer(0);
  }
  if (number == 0) {
    connection_.execute(insert_policy_sql, {Digest{sha256}});
    number = connection_.last_inserted();
  }
  if (number != 0) memory_.policy_numbers.emplace(sha256, number);
  return number;
}

void SqliteTransaction::write_unwritten() {
  memory_.records.write_unwritten([&](const auto& row, bool has_row) { write_row(row, has_row); });
}

void SqliteTransaction::give_back() {
  memory_.records.give_back([&](const auto& row, bool has_row) { write_row(row, has_row); });
}

void SqliteTransaction::tell_file() {
  write([&] { write_unwritten(); });
}

std::vector<GoldenId> SqliteTransaction::goldens_not_of_policy(const std::string& policy_sha256,
                                                               std::size_t limit) {
  tell_file();
  return ForwardReads::goldens_not_of_policy(policy_sha256, limit);
}

std::vector<SourceRecord> SqliteTransaction::sources_behind(const EntityName& entity,
                                                            const SourcePlace& place,
                                                            std::size_t limit) {
  tell_file();
  return ForwardReads::sources_behind(entity, place, limit);
}

void SqliteTransaction::write_row(const GoldenRecord& golden, bool has_row) {
  write_golden(has_row ? update_golden_body_sql : insert_golden_sql, golden);
}

void SqliteTransaction::write_golden(const char* sql, const GoldenRecord& golden) {
  connection_.execute(sql, {golden.id, golden.entity, is_present(golden) ? 1 : 0,
                            policy_number(golden.policy_sha256), to_stored(golden)});
}

void SqliteTransaction::count_golden(const EntityName& entity, std::int64_t change) {
  add_to_tally("golden/" + entity.text, change);
}

void SqliteTransaction::put_golden(const GoldenRecord& golden) {
  write([&] {
    if (memory_.records.put_off(golden)) return give_back();
    if (memory_.records.has_unwritten(golden.id)) write_unwritten();
    const GoldenPlace place = find_golden_place(connection_, golden.id);
    if (connection_.failure()) return;
    if (place.is_present) count_golden(EntityName(place.entity), -1);
    if (is_present(golden)) count_golden(golden.entity, 1);
    if (place.entity.empty()) {
      memory_.records.put_off_new(golden);
    } else {
      write_golden(update_golden_sql, golden);
      memory_.records.keep(golden);
    }
    const KeptRecord* kept = memory_.records.find(golden.id);
    if (!kept->sources && !place.has_sources) {
      memory_.records.keep(golden.id, std::vector<SourceRecord>());
    }
    if (!kept->deliveries && !place.has_deliveries) {
      memory_.records.keep(golden.id, std::vector<Delivery>());
    }
  });
}

void SqliteTransaction::put_references(const GoldenId& child,
                                       const std::vector<GoldenId>& parents) {
  write([&] {
    std::vector<GoldenId> before;
    {
      Rows rows = connection_.query(parents_of_sql, {child});
      while (rows.next()) before.emplace_back(rows.text(0));
    }
    std::vector<GoldenId> after = parents;
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
    std::sort(before.begin(), before.end());
    for (const GoldenId& parent : before) {
      if (std::binary_search(after.begin(), after.end(), parent)) continue;
      connection_.execute(drop_reference_sql, {parent, child});
    }
    for (const GoldenId& parent : after) {
      if (std::binary_search(before.begin(), before.end(), parent)) continue;
      connection_.execute(add_reference_sql, {parent, child});
    }
  });
}

void SqliteTransaction::put_keys(const EntityName& entity, const SystemName& system,
                                 const RecordId& record, const GoldenId& golden,
                                 const std::vector<std::string>& current_keys,
                                 const std::vector<std::string>& earlier_keys) {
  memory_.last_key.reset();
  write([&] {
    const std::map<std::string, KeyState> before = keys_of(connection_, entity, system, record);
    std::map<std::string, KeyState> after;
    for (const auto& [key, state] : before) after[key] = {golden.text, false};
    for (const std::string& key : earlier_keys) after[key] = {golden.text, false};
    for (const std::string& key : current_keys) after[key] = {golden.text, true};
    for (const auto& [key, state] : after) {
      const auto old = before.find(key);
      if (old != before.end() && old->second == state) continue;
      connection_.execute(put_key_sql,
                          {entity, key, system, record, or_null(golden), state.current ? 1 : 0});
    }
  });
}

}  // namespace truce::sqlite
