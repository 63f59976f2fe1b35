#include "engine/app/match_index.h"

#include "engine/app/ingestion.h"

namespace truce {
namespace {

// One piece holds the writer for a moment only.
constexpr std::size_t indexed_a_piece = 25;
// {entity: [system, id]}: the walk through its source records is behind this place.
constexpr const char* places_name = "keys_to_make";

Json stored_places(ReadView& store) {
  const auto text = store.find_meta(places_name);
  return text && !text->empty() ? json_of(*text) : Json::object();
}

void put_places(Context& context, const Json& places) {
  context.store.put_meta(places_name, places.empty() ? "" : to_wire(places));
}

}  // namespace

void make_keys_anew(Context& context, const SourceRecord& source) {
  // Nobody has shown all of it yet: it is linked by its keys then.
  if (source.golden.empty() && source.state == LinkState::active) return;
  const Entity& entity = *context.policy.entity(source.entity);
  std::map<EventKey, std::map<FieldName, Value>> shown;
  for (const auto& [name, history] : source.fields) {
    if (!entity.field(name)) continue;
    for (const Observation& observation : history.observations) {
      shown[observation.event_key].emplace(name, observation.value);
    }
  }
  // What we wrote may stand there, and no event has shown it.
  if (shown.empty()) shown[EventKey()];
  RecordState state;
  state.golden.id = source.golden;
  for (const auto& [key, values] : shown) index_keys(context, entity, state, source, values);
  if (!source.golden.empty()) hold_creates_back(context, source.golden);
}

void begin_making_keys(Context& context, const std::vector<EntityName>& entities) {
  if (entities.empty()) return;
  Json places = stored_places(context.store);
  for (const EntityName& entity : entities) places[entity.text] = Json::array({"", ""});
  put_places(context, places);
}

bool make_keys_on(Context& context) {
  Json places = stored_places(context.store);
  if (places.empty()) return false;
  const EntityName entity(places.begin().key());
  const Json& place = places.begin().value();
  std::vector<SourceRecord> sources;
  if (context.policy.entity(entity)) {
    sources = context.store.sources_behind(
        entity, {SystemName(place[0].get<std::string>()), RecordId(place[1].get<std::string>())},
        indexed_a_piece);
  }
  for (const SourceRecord& source : sources) make_keys_anew(context, source);
  if (sources.size() == indexed_a_piece)
    places[entity.text] = {sources.back().system.text, sources.back().id.text};
  else
    places.erase(entity.text);
  put_places(context, places);
  return !places.empty();
}

}  // namespace truce
