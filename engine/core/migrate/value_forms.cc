#include "engine/core/migrate/value_forms.h"

#include "engine/core/normalize/normalize.h"

namespace truce {
namespace {

Result<Json> shown_form(const Carriage& carriage, const SystemName& system, const Field& field,
                        const MapEntry& entry, const Value& value) {
  if (field.type == FieldType::reference && !value.is_null()) {
    const auto id =
        carriage.linked_id ? carriage.linked_id(system, GoldenId(value.text())) : std::nullopt;
    if (!id) return fail(Code::reference_unknown, "the parent is not linked there");
    return Json(id->text);
  }
  // What a program made of the record cannot be turned into it again without one for the way back.
  if (entry.transform && !entry.write_transform) {
    return fail(Code::transform_failed, "its transform has no write_transform");
  }
  return to_system(field, entry, value, carriage.transforms);
}

// Both are golden ids of one entity, wherever the system keeps its own.
bool is_same_reference(const Carriage& carriage, const Field& field, const FieldOrigin& origin) {
  const Field* old = carriage.from.entity(carriage.entity)->field(origin.from.front());
  return origin.from.size() == 1 && old && old->type == FieldType::reference &&
         field.type == FieldType::reference && old->entity == field.entity;
}

void carry_value(const Carriage& carriage, const Field& field, const FieldOrigin& origin,
                 const SystemName& system, const Values& values, const RecordPart& part,
                 const NormalizedRecord& read, CarriedValues& carried) {
  bool told = false, unclear = false;
  for (const FieldName& from : origin.from) {
    told |= values.contains(from);
    unclear |= part.missing.contains(from);
  }
  const auto entry = field.map.find(system);
  if (!told || entry == field.map.end()) return;
  if (is_same_reference(carriage, field, origin)) {
    carried.values.emplace(field.name, values.at(origin.from.front()));
    return;
  }
  // Nothing was said about where it stands.
  if (!unclear && !read_path(part.record, entry->second.path)) return;
  const auto value = read.fields.find(field.name);
  if (unclear || field.type == FieldType::reference || value == read.fields.end())
    carried.unclear.insert(field.name);
  else
    carried.values.emplace(field.name, value->second);
}

}  // namespace

RecordPart record_part(const Carriage& carriage, const Policy& policy, const SystemName& system,
                       const Values& values) {
  RecordPart part;
  const Entity& entity = *policy.entity(carriage.entity);
  for (const auto& [name, value] : values) {
    const Field* field = entity.field(name);
    if (!field || !field->map.contains(system)) continue;
    const MapEntry& entry = field->map.at(system);
    auto form = shown_form(carriage, system, *field, entry, value);
    if (form)
      write_path(part.record, entry.path, std::move(*form));
    else
      part.missing.emplace(name, form.error());
  }
  return part;
}

CarriedValues carry_values(const Carriage& carriage, const SystemName& system,
                           const Values& values) {
  CarriedValues carried;
  const RecordPart part = record_part(carriage, carriage.from, system, values);
  const Entity& entity = *carriage.to.entity(carriage.entity);
  const NormalizedRecord read =
      normalize_record(carriage.to, entity, system, part.record, carriage.transforms);
  for (const auto& [name, origin] : carriage.change.fields) {
    const Field* field = entity.field(name);
    if (!field) continue;
    if (origin.moves_in(system)) {
      const auto value = values.find(origin.from.front());
      if (value != values.end()) carried.values.emplace(name, value->second);
      continue;
    }
    carry_value(carriage, *field, origin, system, values, part, read, carried);
  }
  return carried;
}

}  // namespace truce
