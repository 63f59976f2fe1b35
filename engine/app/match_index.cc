#include "engine/app/match_index.h"

#include "engine/app/ingestion.h"
#include "engine/app/stored_walk.h"

namespace truce {
namespace {

// One piece holds the writer for a moment only.
constexpr std::size_t indexed_a_piece = 25;
// {entity: [system, id]}: the walk through its source records is behind this place.
constexpr const char* places_name = "keys_to_make";

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
  Json places = stored_object(context.store, places_name);
  for (const EntityName& entity : entities) places[entity.text] = walk_begin();
  store_object(context, places_name, places);
}

bool make_keys_on(Context& context) {
  Json places = stored_object(context.store, places_name);
  if (places.empty()) return false;
  const EntityName entity(places.begin().key());
  Json& place = places.begin().value();
  for (const SourceRecord& source : next_sources(context, entity, place, indexed_a_piece)) {
    make_keys_anew(context, source);
  }
  if (place.is_null()) places.erase(entity.text.str());
  store_object(context, places_name, places);
  return !places.empty();
}

}  // namespace truce
