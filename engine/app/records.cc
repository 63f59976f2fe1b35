#include "engine/app/records.h"

#include <map>

#include "engine/app/private_fields.h"
#include "engine/app/render.h"
#include "engine/core/plan/plan.h"

namespace truce {
namespace {

constexpr int merge_hops_max = 32;
constexpr std::size_t audit_page = 1'000;

std::string_view word_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::assertion:
      return "assertion";
    case EntryKind::repeat:
      return "repeat";
    case EntryKind::echo:
      return "echo";
    case EntryKind::stale:
      return "stale";
    case EntryKind::blank:
      return "blank";
    case EntryKind::write:
      return "write";
  }
  return "assertion";
}

std::string_view word_of(Base::State state) {
  switch (state) {
    case Base::State::never:
      return "never";
    case Base::State::known:
      return "known";
    case Base::State::unknown:
      return "unknown";
  }
  return "unknown";
}

Json provenance_json(const Provenance& provenance) {
  return {{"system", provenance.system.text},
          {"changed_at", to_rfc3339(provenance.changed_at)},
          {"evidence", std::string(to_string(provenance.evidence))},
          {"event_key", provenance.event_key.text()}};
}

Json lineage_json(const GoldenField& field) {
  return {{"system", field.system.text},
          {"changed_at", to_rfc3339(field.changed_at)},
          {"evidence", std::string(to_string(field.evidence))},
          {"rule", field.rule},
          {"why", field.why},
          {"event_key", field.event_key.text()},
          {"contested", field.contested}};
}

Result<GoldenRecord> find_living(Reader& reader, const EntityName& entity, GoldenId id) {
  auto golden = reader.store.find_golden(id);
  for (int hop = 0; golden && !golden->merged_into.empty() && hop < merge_hops_max; ++hop) {
    golden = reader.store.find_golden(golden->merged_into);
  }
  if (!golden || golden->entity != entity) {
    return fail(Code::not_found, "there is no such golden record of this entity");
  }
  return std::move(*golden);
}

Json links_json(const std::vector<SourceRecord>& sources) {
  Json links = Json::array();
  for (const SourceRecord& source : sources) {
    Json link{{"system", source.system.text},
              {"id", source.id.text},
              {"state", is_deleted(source) ? "deleted" : std::string(to_string(source.state))}};
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

struct Derived {
  std::vector<SourceRecord> sources;
  std::vector<SourceView> views;
  std::map<FieldName, Survivor> survivors;
};

// The views point into `sources`, so it is filled in place and never moved afterwards.
void derive_views(Reader& reader, const Entity& entity, const GoldenRecord& golden,
                  Derived& derived) {
  derived.sources = reader.store.sources_of(golden.id);
  for (const SourceRecord& source : derived.sources) {
    if (!reader.policy.system(source.system)) continue;
    derived.views.push_back(view_source(reader.policy, entity, source));
  }
  derived.survivors = survive(reader.policy, entity, derived.views, golden.decisions);
}

Json explain_field(const Derived& derived, const FieldName& name) {
  Json node{{"field", name.text}, {"value", nullptr}};
  const auto survivor = derived.survivors.find(name);
  if (survivor != derived.survivors.end() && survivor->second.field) {
    const GoldenField& field = *survivor->second.field;
    node["value"] = to_json(field.value);
    node["contested"] = field.contested;
    node["winner"] = lineage_json(field);
    node["why"] = field.why;
    Json losers = Json::array();
    for (const Loser& loser : survivor->second.losers) {
      losers.push_back({{"system", loser.system.text},
                        {"value", to_json(loser.value)},
                        {"changed_at", to_rfc3339(loser.changed_at)},
                        {"event_key", loser.event_key.text()},
                        {"why", loser.why}});
    }
    node["losers"] = std::move(losers);
    Json elements = Json::array();
    for (const Value::Element& element : field.value.elements) {
      const auto word = survivor->second.elements.find(element.key);
      if (word == survivor->second.elements.end()) continue;
      Json line = provenance_json(word->second);
      line["element"] = element.text;
      elements.push_back(std::move(line));
    }
    if (!elements.empty()) node["elements"] = std::move(elements);
  } else {
    node["why"] = "no system says anything";
  }
  Json bases = Json::object();
  for (const SourceView& view : derived.views) {
    const auto timeline = view.timelines.find(name);
    if (timeline == view.timelines.end()) continue;
    const Base& base = timeline->second.base;
    Json shown{{"state", std::string(word_of(base.state))}};
    if (base.state == Base::State::known) {
      shown["value"] = to_json(base.value);
      shown["whose"] = provenance_json(base.provenance);
    }
    bases[view.system->name.text] = std::move(shown);
  }
  node["held"] = std::move(bases);
  return node;
}

}  // namespace

Result<Json> read_record(Reader& reader, const EntityName& entity, const GoldenId& id) {
  auto golden = find_living(reader, entity, id);
  if (!golden) return tl::unexpected(golden.error());
  return record_json(reader, *golden);
}

Result<Json> read_record_at(Reader& reader, const EntityName& entity, const GoldenId& id, Time at) {
  auto golden = find_living(reader, entity, id);
  if (!golden) return tl::unexpected(golden.error());
  Json record = Json::object();
  std::optional<Time> seen;
  AuditFilter filter;
  filter.golden = golden->id;
  filter.limit = audit_page;
  while (true) {
    const auto page = reader.store.list_audit(filter);
    for (const AuditEntry& entry : page) {
      filter.after = entry.sequence;
      if (entry.at > at) break;
      seen = entry.at;
      for (const Json& change :
           unsealed(json_of(entry.body).value("changes", Json::array()), reader.secrets)) {
        record[change.value("field", "")] = change.value("after", Json());
      }
    }
    if (page.size() < audit_page || page.back().at > at) break;
  }
  if (!seen) return fail(Code::not_found, "the record was not known at that time");
  return Json{{"golden_id", golden->id.text},
              {"entity", entity.text},
              {"at", to_rfc3339(at)},
              {"record", std::move(record)},
              {"updated_at", to_rfc3339(*seen)}};
}

Result<Json> find_record(Reader& reader, const EntityName& entity, const SystemName& system,
                         const RecordId& id) {
  const auto source = reader.store.find_source(system, entity, id);
  if (!source || source->golden.empty()) {
    return fail(Code::not_found, "no golden record is linked to that id");
  }
  return read_record(reader, entity, source->golden);
}

Result<Json> explain_record(Reader& reader, const EntityName& entity_name, const GoldenId& id,
                            const FieldName& field) {
  auto golden = find_living(reader, entity_name, id);
  if (!golden) return tl::unexpected(golden.error());
  const Entity* entity = reader.policy.entity(entity_name);
  if (!entity) return fail(Code::unknown_entity, "the entity left the policy");
  if (!field.empty() && !entity->field(field)) {
    return fail(Code::unknown_field, "the entity has no field '" + shown(field.text) + "'");
  }
  Derived derived;
  derive_views(reader, *entity, *golden, derived);
  Json fields = Json::array();
  for (const auto& [name, known] : entity->fields) {
    if (field.empty() || name == field) fields.push_back(explain_field(derived, name));
  }
  return Json{{"golden_id", golden->id.text}, {"entity", entity_name.text}, {"fields", fields}};
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
    for (const auto& [name, timeline] : view.timelines) {
      for (const Entry& entry : timeline.entries) {
        Json line{{"system", view.system->name.text},
                  {"record_id", view.record->id.text},
                  {"field", name.text},
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
