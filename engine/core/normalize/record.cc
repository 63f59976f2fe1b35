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

void read_modified(const Entity& entity, const System& system, const Json& record,
                   NormalizedRecord& out) {
  const Json* node = node_at(record, entity.modified, system.name);
  if (node == nullptr) return;
  if (says_no_value(*node)) return;
  const Field modified = field_named("modified");
  const Result<Time> time = read_time(modified, system, MapEntry{}, *node);
  if (!time) return note_problem(out, modified.name, time.error());
  out.modified = *time;
}

Result<Json> transformed(const Field& field, const std::string& program, const Json& record,
                         Transforms* transforms) {
  if (transforms == nullptr) {
    return fail(Code::transform_failed,
                field.name.text + ": has a transform, and transforms are not available here");
  }
  Result<Json> output = transforms->run(program, record);
  if (!output) return refuse_transform(field, output.error());
  return output;
}

// A transform is not asked when the record lacks what the entry's path names, because jq gives null
// for what is missing, and that would read as a clear.
void read_field(const System& system, const Field& field, const MapEntry& entry, const Json& record,
                Transforms* transforms, KnownValues* known, NormalizedRecord& out) {
  const Json* raw = read_path(record, entry.path);
  if (raw == nullptr) return;
  Result<Json> output = Json();
  if (entry.transform) {
    output = transformed(field, *entry.transform, record, transforms);
    if (!output) return note_problem(out, field.name, output.error());
    if (output->is_discarded()) return;
    raw = &*output;
  }
  Result<Value> value =
      known ? known->read(system, field, entry, *raw) : to_canonical(system, field, entry, *raw);
  if (!value) return note_problem(out, field.name, value.error());
  out.fields.emplace(field.name, std::move(*value));
}

}  // namespace

NormalizedRecord normalize_record(const Policy& policy, const Entity& entity,
                                  const SystemName& name, const Json& record,
                                  Transforms* transforms, KnownValues* known) {
  NormalizedRecord out;
  const System* system = policy.system(name);
  if (system == nullptr) return out;
  read_id(entity, name, record, out);
  read_modified(entity, *system, record, out);
  for (const auto& [field_name, field] : entity.fields) {
    const auto entry = field.map.find(name);
    if (entry == field.map.end() || field.direction_of(name) == Direction::none) continue;
    read_field(*system, field, entry->second, record, transforms, known, out);
  }
  return out;
}

}  // namespace truce
