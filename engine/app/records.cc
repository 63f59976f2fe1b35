#include "engine/app/records.h"

#include "engine/app/record_view.h"

namespace truce {
namespace {

Json links_json(const std::vector<SourceRecord>& sources) {
  Json links = Json::array();
  for (const SourceRecord& source : sources) {
    // The loser's own delete is not a delete, whichever of the two was heard of first.
    const bool is_gone = is_deleted(source) && source.state != LinkState::merged;
    Json link{{"system", source.system.text},
              {"id", source.id.text},
              {"state", is_gone ? "deleted" : std::string(to_string(source.state))}};
    if (!source.merged_into.empty()) link["merged_into"] = source.merged_into.text;
    links.push_back(std::move(link));
  }
  return links;
}

Json record_json(Reader& reader, const GoldenRecord& golden) {
  Json record = Json::object(), lineage = Json::object();
  for (const auto& [name, field] : golden.fields) {
    record[name.text] = to_json(field.value);
    lineage[name.text] = lineage_json(field);
  }
  Json conflicts = Json::array();
  for (const ExceptionItem& item : reader.store.unanswered_exceptions_of(golden.id)) {
    conflicts.push_back(item.id.text);
  }
  return {{"golden_id", golden.id.text},
          {"entity", golden.entity.text},
          {"record", std::move(record)},
          {"lineage", std::move(lineage)},
          {"links", links_json(reader.store.sources_of(golden.id))},
          {"conflicts", std::move(conflicts)},
          {"version", golden.version},
          {"created_at", to_rfc3339(golden.created_at)},
          {"updated_at", to_rfc3339(golden.updated_at)},
          {"deleted_at", golden.deleted_at ? Json(to_rfc3339(*golden.deleted_at)) : Json()}};
}

}  // namespace

Result<Json> read_record(Reader& reader, const EntityName& entity, const GoldenId& id) {
  auto golden = find_living(reader, entity, id);
  if (!golden) return tl::unexpected(golden.error());
  return record_json(reader, *golden);
}

Result<Json> find_record(Reader& reader, const EntityName& entity, const SystemName& system,
                         const RecordId& id) {
  const auto source = reader.store.find_source(system, entity, id);
  if (!source || source->golden.empty()) {
    return fail(Code::not_found, "no golden record is linked to that id");
  }
  return read_record(reader, entity, source->golden);
}

Result<Json> record_history(Reader& reader, const EntityName& entity_name, const GoldenId& id) {
  auto golden = find_living(reader, entity_name, id);
  if (!golden) return tl::unexpected(golden.error());
  const Entity* entity = reader.policy.entity(entity_name);
  if (!entity) return fail(Code::unknown_entity, "the entity left the policy");
  Derived derived;
  derive_views(reader, *entity, *golden, derived);
  Json entries = Json::array();
  for (const SourceView& view : derived.views) {
    for (const auto& [field, timeline, as_told] : view.readings) {
      for (const Entry& entry : (as_told ? as_told : timeline)->entries) {
        Json line{{"system", view.system->name.text},
                  {"record_id", view.record->id.text},
                  {"field", field->name.text},
                  {"kind", std::string(word_of(entry.kind))},
                  {"value", to_json(entry.value)},
                  {"at", to_rfc3339(entry.at)}};
        if (entry.observation) {
          line["evidence"] = std::string(to_string(entry.observation->evidence));
          line["event_key"] = entry.observation->event_key.text();
          line["received_at"] = to_rfc3339(entry.observation->received_at);
          if (!entry.observation->actor.empty()) line["actor"] = entry.observation->actor;
        }
        if (entry.write) line["whose"] = provenance_json(entry.write->provenance);
        entries.push_back(std::move(line));
      }
    }
  }
  return Json{{"golden_id", golden->id.text}, {"entity", entity_name.text}, {"entries", entries}};
}

}  // namespace truce
