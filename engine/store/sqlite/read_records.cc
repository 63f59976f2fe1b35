#include <algorithm>

#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {
namespace {

constexpr char find_source_sql[] =
    "SELECT body, golden FROM source_record WHERE system = ?1 AND entity = ?2 AND record_id = ?3";
constexpr char sources_of_sql[] =
    "SELECT body FROM source_record WHERE golden = ?1 ORDER BY system, record_id, entity";
constexpr char sources_behind_sql[] =
    "SELECT body FROM source_record WHERE system = ?1 AND entity = ?2 AND record_id > ?3"
    " ORDER BY record_id LIMIT ?4";
constexpr char next_system_sql[] = "SELECT min(system) FROM source_record WHERE system > ?1";
constexpr char find_golden_sql[] = "SELECT body FROM golden WHERE id = ?1";
constexpr char find_tally_sql[] = "SELECT count FROM tally WHERE name = ?1";
constexpr char other_policies_sql[] = "SELECT number FROM policy WHERE sha256 <> ?1";
constexpr char goldens_of_policy_sql[] =
    "SELECT id FROM golden WHERE policy = ?1 ORDER BY id LIMIT ?2";
constexpr char children_of_sql[] =
    "SELECT child FROM golden_reference WHERE parent = ?1 ORDER BY child";
#define KEY_HOLDERS \
  "SELECT system, record_id, golden, current FROM match_key WHERE entity = ?1 AND key = ?2"
// As the primary key has them. Few share a key, and an order of its own costs a table for each search.
constexpr char key_holders_sql[] = KEY_HOLDERS " ORDER BY system, record_id LIMIT ?3";
constexpr char current_key_holders_first_sql[] =
    KEY_HOLDERS " ORDER BY current DESC, system, record_id LIMIT ?3";
#undef KEY_HOLDERS

std::vector<KeyHolder> all_key_holders(Rows rows) {
  std::vector<KeyHolder> found;
  while (rows.next()) {
    found.push_back({SystemName(rows.view(0)), RecordId(rows.text(1)), GoldenId(rows.text(2)),
                     rows.integer(3) != 0});
  }
  return found;
}

}  // namespace

StoredDocument read_document(Connection& connection, std::string_view text) {
  Result<StoredDocument> parsed = StoredDocument::parse(text);
  if (parsed) return std::move(*parsed);
  connection.fail({parsed.error().code, "a row cannot be read: " + parsed.error().message, {}});
  return StoredDocument();
}

std::optional<Problem> Reads::failure() const {
  const std::scoped_lock lock(connection_.in_use());
  return connection_.failure();
}

std::optional<SourceRecord> Reads::find_source(const SystemName& system, const EntityName& entity,
                                               const RecordId& record) {
  if (const auto* kept = memory_ ? memory_->records.find_source(system, entity, record) : nullptr) {
    return *kept;
  }
  GoldenId golden;
  {
    Rows rows = connection_.query(find_source_sql, {system, entity, record});
    if (!rows.next()) {
      if (memory_ && !connection_.failure()) memory_->records.note_absent(system, entity, record);
      return std::nullopt;
    }
    if (!memory_ || rows.is_null(1)) {
      return source_record_from_stored(read_document(connection_, rows.view(0)).root());
    }
    golden.text = rows.text(1);
  }
  // Who asks the writer for one wants those that it is linked with next.
  sources_of(golden);
  if (const auto* kept = memory_->records.find_source(system, entity, record)) return *kept;
  return std::nullopt;
}

std::vector<SourceRecord> Reads::sources_of(const GoldenId& golden) {
  const KeptRecord* kept = memory_ ? memory_->records.find(golden) : nullptr;
  if (kept && kept->sources) return *kept->sources;
  std::vector<SourceRecord> found;
  Rows rows = connection_.query(sources_of_sql, {golden});
  while (rows.next()) {
    found.push_back(source_record_from_stored(read_document(connection_, rows.view(0)).root()));
  }
  if (memory_ && !connection_.failure()) memory_->records.keep(golden, found);
  return found;
}

std::vector<SourceRecord> Reads::sources_behind(const EntityName& entity, const SourcePlace& place,
                                                std::size_t limit) {
  std::vector<SourceRecord> found;
  SourcePlace behind = place;
  while (found.size() < limit) {
    Rows rows = connection_.query(
        sources_behind_sql, {behind.system, entity, behind.record, limit - found.size()});
    while (rows.next()) {
      found.push_back(source_record_from_stored(read_document(connection_, rows.view(0)).root()));
    }
    Rows next = connection_.query(next_system_sql, {behind.system});
    if (!next.next() || next.is_null(0)) break;
    behind = {SystemName(next.text(0)), {}};
  }
  return found;
}

std::optional<GoldenRecord> Reads::find_golden(const GoldenId& golden) {
  const KeptRecord* kept = memory_ ? memory_->records.find(golden) : nullptr;
  if (kept && kept->golden) return kept->golden;
  Rows rows = connection_.query(find_golden_sql, {golden});
  if (!rows.next()) return std::nullopt;
  GoldenRecord found = golden_record_from_stored(read_document(connection_, rows.view(0)).root());
  if (memory_ && !connection_.failure()) memory_->records.keep(found);
  return found;
}

std::size_t Reads::count_goldens(const EntityName& entity) {
  const std::string name = "golden/" + entity.text;
  Rows rows = connection_.query(find_tally_sql, {name});
  std::int64_t count = rows.next() ? rows.integer(0) : 0;
  if (memory_) {
    const auto pending = memory_->tallies.find(name);
    if (pending != memory_->tallies.end()) count += pending->second;
  }
  return static_cast<std::size_t>(count);
}

std::vector<GoldenId> Reads::goldens_not_of_policy(const std::string& policy_sha256,
                                                   std::size_t limit) {
  std::vector<std::int64_t> policies;
  Rows numbers = connection_.query(other_policies_sql, {Digest{policy_sha256}});
  while (numbers.next()) policies.push_back(numbers.integer(0));
  std::vector<GoldenId> found;
  for (const std::int64_t policy : policies) {
    Rows rows = connection_.query(goldens_of_policy_sql, {policy, limit});
    while (rows.next()) found.emplace_back(rows.text(0));
  }
  std::sort(found.begin(), found.end());
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::vector<GoldenId> Reads::children_of(const GoldenId& parent) {
  std::vector<GoldenId> found;
  Rows rows = connection_.query(children_of_sql, {parent});
  while (rows.next()) found.emplace_back(rows.text(0));
  return found;
}

std::vector<KeyHolder> Reads::key_holders(const EntityName& entity, const std::string& key,
                                          std::size_t limit) {
  const auto* last = memory_ && memory_->last_key ? &*memory_->last_key : nullptr;
  if (last && last->key == key && last->entity == entity && last->limit == limit) {
    return last->holders;
  }
  std::vector<KeyHolder> found =
      all_key_holders(connection_.query(key_holders_sql, {entity, key, limit}));
  if (found.size() == limit) {
    found = all_key_holders(connection_.query(current_key_holders_first_sql, {entity, key, limit}));
  } else {
    std::stable_partition(found.begin(), found.end(), [](const KeyHolder& h) { return h.current; });
  }
  if (memory_ && !connection_.failure()) memory_->last_key = {entity, key, limit, found};
  return found;
}

}  // namespace truce::sqlite
