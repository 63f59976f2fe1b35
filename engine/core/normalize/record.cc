#include <utility>

#include "engine/core/normalize/blank.h"
#include "engine/core/normalize/instant.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/reference.h"
#include "engine/core/normalize/refusal.h"

namespace truce {
namespace {

// What the problems of the entity's own paths are filed under.
Field field_named(const char* name) {
  Field field;
  field.name = FieldName(name);
  return field;
}

void note_problem(NormalizedRecord& out, const FieldName& field, const Problem& problem) {
  out.problems.push_back({field, problem.code, problem.message});
}

const Json* node_at(const Json& record, const std::map<SystemName, Path>& paths,
                    const SystemName& system) {
  const auto path = paths.find(system);
  if (path == paths.end()) return nullptr;
  const Json* node = read_path(record, path->second);
  return node == nullptr || node->is_null() ? nullptr : node;
}

void read_id(const Entity& entity, const SystemName& system, const Json& record,
             NormalizedRecord& out) {
  const Json* node = node_at(record, entity.id, system);
  if (node == nullptr) return;
  Result<RecordId> id = read_record_id(*node);
  if (!id) return note_problem(out, FieldName("id"), id.error());
  out.id = std::move(*id);
}

void read_modified(const Policy& policy, const Entity& entity, const SystemName& system,
                   const Json& record, NormalizedRecord& out) {
  const Json* node = node_at(record, entity.modified, system);
  const System* known = policy.system(system);
  if (node == nullptr || known == nullptr) return;
  if (says_no_value(MapEntry{}, *node)) return;
  const Field modified = field_named("modified");
  const Result<Time> time = read_time(modified, *known, MapEntry{}, *node);
  if (!time) return note_problem(out, modified.name, time.error());
  out.modified = *time;
}

// The raw value: nullopt where the record does not say. A transform is not asked when the record
// lacks what the entry's path names, because jq gives null for what is missing, and that would read
// as a clear.
Result<std::optional<Json>> raw_value(const Field& field, const MapEntry& entry, const Json& record,
                                      Transforms* transforms) {
  const Json* node = read_path(record, entry.path);
  if (node == nullptr) return std::nullopt;
  if (!entry.transform) return std::optional<Json>(*node);
  if (transforms == nullptr) {
    return fail(Code::transform_failed,
                field.name.text + ": has a transform, and transforms are not available here");
  }
  Result<Json> output = transforms->run(*entry.transform, record);
  if (!output) return refuse_transform(field, output.error());
  if (output->is_discarded()) return std::nullopt;
  return std::optional<Json>(std::move(*output));
}

void read_field(const System& system, const Field& field, const MapEntry& entry, const Json& record,
                Transforms* transforms, NormalizedRecord& out) {
  const Result<std::optional<Json>> raw = raw_value(field, entry, record, transforms);
  if (!raw) return note_problem(out, field.name, raw.error());
  if (!raw->has_value()) return;
  Result<Value> value = to_canonical(system, field, entry, **raw);
  if (!value) return note_problem(out, field.name, value.error());
  out.fields.emplace(field.name, std::move(*value));
}

}  // namespace

NormalizedRecord normalize_record(const Policy& policy, const Entity& entity,
                                  const SystemName& system, const Json& record,
                                  Transforms* transforms) {
  NormalizedRecord out;
  const System* known = policy.system(system);
  if (known == nullptr) return out;
  read_id(entity, system, record, out);
  read_modified(policy, entity, system, record, out);
  for (const auto& [name, field] : entity.fields) {
    const auto entry = field.map.find(system);
    if (entry == field.map.end() || field.direction_of(system) == Direction::none) continue;
    read_field(*known, field, entry->second, record, transforms, out);
  }
  return out;
}

}  // namespace truce
