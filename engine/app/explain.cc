// Why a golden record has its values.
#include "engine/app/explanation.h"
#include "engine/core/survive/contender.h"

namespace truce {
namespace {

Json explain_field(const Entity& entity, const Field& rules, const Derived& derived,
                   const std::vector<Decision>& decisions,
                   const std::vector<Delivery>& deliveries) {
  const FieldName& name = rules.name;
  Json node{{"field", name.text}, {"value", nullptr}};
  const auto survivor = derived.survivors.find(name);
  const Survivor nobody;
  const Survivor& known = survivor == derived.survivors.end() ? nobody : survivor->second;
  const Tuple tuple = tuple_around(entity, name, derived.survivors);
  node["sentence"] = sentence_of(name, known, tuple, latest_of(name, decisions));
  node["would_change"] = would_change(rules, known, tuple, derived.views);
  node["trail"] = echo_trail(name, derived, deliveries);
  if (known.field) {
    const GoldenField& field = *known.field;
    node["value"] = to_json(field.value);
    node["contested"] = field.contested;
    node["winner"] = lineage_json(field);
    node["why"] = field.why;
    if (!tuple.others.empty()) {
      Json group = Json::array();
      for (const FieldName& member : tuple_of(entity, name)) group.push_back(member.text);
      node["group"] = {{"fields", std::move(group)}, {"changed_at", to_rfc3339(tuple.changed_at)}};
    }
    Json losers = Json::array(), agreeing = Json::array();
    for (const Loser& loser : known.losers) {
      const bool agrees = same(loser.value, field.value);
      Json line{{"system", loser.system.text},
                {"value", to_json(loser.value)},
                {"changed_at", to_rfc3339(loser.changed_at)},
                {"event_key", loser.event_key.text()}};
      if (!agrees) line["why"] = loser.why;
      (agrees ? agreeing : losers).push_back(std::move(line));
    }
    node["losers"] = std::move(losers);
    node["agreeing"] = std::move(agreeing);
    Json elements = Json::array();
    for (const Value::Element& element : field.value.elements()) {
      const auto word = known.elements.find(element.key);
      if (word == known.elements.end()) continue;
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
    const Timeline* timeline = view.timeline_as_told(name);
    if (!timeline) continue;
    const Base& base = timeline->base;
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
  const std::vector<Delivery> deliveries = reader.store.open_deliveries(golden->id);
  Json fields = Json::array();
  for (const auto& [name, known] : entity->fields) {
    if (!field.empty() && name != field) continue;
    fields.push_back(explain_field(*entity, known, derived, golden->decisions, deliveries));
  }
  return Json{{"golden_id", golden->id.text}, {"entity", entity_name.text}, {"fields", fields}};
}

}  // namespace truce
