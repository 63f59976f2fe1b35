#include "engine/app/stateless_decision.h"

#include "engine/app/known_names.h"
#include "engine/app/render.h"

namespace truce {

Result<const Entity*> entity_of(const Policy& policy, const Json& body) {
  const std::string name = text_at(body, "entity");
  if (name.empty()) return fail(Code::schema, "'entity' is missing", "/entity");
  const Entity* entity = policy.entity(EntityName(name));
  if (!entity) return tl::unexpected(unknown_entity(policy, EntityName(name), "/entity"));
  return entity;
}

Result<const System*> system_named(const Policy& policy, const std::string& name,
                                   const std::string& pointer) {
  const System* system = policy.system(SystemName(name));
  if (!system) return tl::unexpected(unknown_system(policy, SystemName(name), pointer));
  return system;
}

Json fields_json(const std::map<FieldName, Value>& fields) {
  Json node = Json::object();
  for (const auto& [name, value] : fields) node[name.text] = to_json(value);
  return node;
}

Json problems_json(const std::vector<FieldProblem>& problems) {
  Json node = Json::array();
  for (const FieldProblem& problem : problems) {
    node.push_back({{"field", problem.field.text},
                    {"code", std::string(to_string(problem.code))},
                    {"message", problem.message}});
  }
  return node;
}

SourceRecord source_of(const System& system, const Entity& entity, const NormalizedRecord& record,
                       const RecordId& id, std::optional<Time> changed_at) {
  SourceRecord source;
  source.system = system.name;
  source.entity = entity.name;
  source.id = id;
  const auto at = changed_at ? changed_at : record.modified;
  for (const auto& [name, value] : record.fields) {
    Observation observation;
    observation.order = {at.value_or(Time{}), {}, value_hash(value)};
    observation.value = value;
    observation.evidence = changed_at ? Evidence::certain : Evidence::possible;
    join(source.fields[name], observation);
  }
  return source;
}

Survivors decide(const Policy& policy, const Entity& entity,
                                     const std::vector<SourceRecord>& sources) {
  std::vector<SourceView> views;
  for (const SourceRecord& source : sources) views.push_back(view_source(policy, entity, source));
  return survive(policy, entity, views, {});
}

Json conflicts_json(const Survivors& survivors) {
  Json conflicts = Json::array();
  for (const auto& [name, survivor] : survivors) {
    if (!survivor.question) continue;
    // As an item would show it, so that both speak of candidates in one shape.
    ExceptionItem item;
    item.field = survivor.question->differs_in.empty() ? name : survivor.question->differs_in;
    if (!survivor.question->members.empty()) item.detail["group"] = true;
    Json candidates = Json::array();
    for (const Candidate& candidate : survivor.question->candidates) {
      candidates.push_back(render(item, candidate));
    }
    conflicts.push_back({{"field", item.field.text},
                         {"category", std::string(to_string(survivor.question->category))},
                         {"candidates", std::move(candidates)}});
  }
  return conflicts;
}

Json golden_json(const Survivors& survivors) {
  Json golden = Json::object();
  for (const auto& [name, survivor] : survivors) {
    if (survivor.field) golden[name.text] = to_json(survivor.field->value);
  }
  return golden;
}

Json decided_fields_json(const Survivors& survivors) {
  Json fields = Json::object();
  for (const auto& [name, survivor] : survivors) {
    if (!survivor.field) continue;
    const GoldenField& field = *survivor.field;
    Json losers = Json::array();
    for (const Loser& loser : survivor.losers) {
      if (same(loser.value, field.value)) continue;
      losers.push_back({{"system", loser.system.text},
                        {"value", to_json(loser.value)},
                        {"changed_at", to_rfc3339(loser.changed_at)},
                        {"why", loser.why}});
    }
    fields[name.text] = {{"value", to_json(field.value)},
                         {"winner",
                          {{"system", field.system.text},
                           {"changed_at", to_rfc3339(field.changed_at)},
                           {"evidence", std::string(to_string(field.evidence))}}},
                         {"rule", field.rule},
                         {"why", field.why},
                         {"contested", field.contested},
                         {"losers", std::move(losers)}};
  }
  return fields;
}

}  // namespace truce
