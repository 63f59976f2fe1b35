#include "engine/app/moved_places.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "engine/app/derive.h"
#include "engine/app/stored_walk.h"
#include "engine/core/history/timeline.h"

namespace truce {
namespace {

constexpr std::size_t doubted_a_piece = 25;
// {entity: {"fields": {system: {field: since}}, "behind": [system, id]}}: since when it is written
// at its present place, and the walk through the records.
constexpr const char* moved_name = "moved_places";

const std::string& place_written(const MapEntry& entry) {
  return (entry.write ? *entry.write : entry.path).spelling;
}

Json moved_fields(const Entity& before, const Entity& next, Time since) {
  Json moved = Json::object();
  for (const auto& [name, field] : next.fields) {
    const Field* known = before.field(name);
    if (!known) continue;
    for (const auto& [system, entry] : field.map) {
      const auto former = known->map.find(system);
      if (former == known->map.end()) continue;
      if (place_written(former->second) == place_written(entry)) continue;
      moved[system.text.str()][name.text.str()] = std::to_string(since.us);
    }
  }
  return moved;
}

bool was_seen_since(const FieldHistory& history, const Write& write) {
  if (write.stored) return true;
  const auto& seen = history.observations;
  return std::any_of(seen.begin(), seen.end(), [&](const Observation& one) {
    return one.received_at > write.handed_out_at && one.order.at >= write.handed_out_at;
  });
}

bool doubt_in(SourceRecord& source, const FieldName& field, Time since) {
  const auto history = source.fields.find(field);
  if (history == source.fields.end()) return false;
  const auto is_doubted = [&](const Write& write) {
    return write.state == Write::State::acknowledged && write.handed_out_at < since &&
           !was_seen_since(history->second, write);
  };
  const auto& writes = history->second.writes;
  std::vector<Write> doubted;
  std::copy_if(writes.begin(), writes.end(), std::back_inserter(doubted), is_doubted);
  for (Write& write : doubted) {
    write.state = Write::State::unknown;
    join(source.fields[field], write);
  }
  return !doubted.empty();
}

bool doubt_all(SourceRecord& source, const Json& moves) {
  const Json* entity = find_member(moves, source.entity.text);
  const Json* fields = entity ? find_member(entity->at("fields"), source.system.text) : nullptr;
  if (!fields) return false;
  bool changed = false;
  for (const auto& [field, since] : fields->items()) {
    changed |= doubt_in(source, FieldName(field),
                        Time{std::strtoll(since.get<std::string>().c_str(), nullptr, 10)});
  }
  return changed;
}

}  // namespace

void begin_doubting(Context& context, const Policy& before, const Policy& next) {
  Json moves = stored_object(context.store, moved_name);
  for (const auto& [name, entity] : next.entities) {
    const Entity* known = before.entity(name);
    Json moved = known ? moved_fields(*known, entity, context.now) : Json::object();
    if (moved.empty()) continue;
    Json& of_entity = moves[name.text.str()];
    of_entity["fields"].merge_patch(moved);
    of_entity["behind"] = walk_begin();
  }
  store_object(context, moved_name, moves);
}

bool doubt_former_writes(Context& context, SourceRecord& source) {
  return doubt_all(source, stored_object(context.store, moved_name));
}

bool doubt_on(Context& context) {
  Json moves = stored_object(context.store, moved_name);
  if (moves.empty()) return false;
  const EntityName entity(moves.begin().key());
  Json& behind = moves.begin().value()["behind"];
  for (SourceRecord& source : next_sources(context, entity, behind, doubted_a_piece)) {
    if (!doubt_all(source, moves)) continue;
    context.store.put_source(source);
    derive_again(context, source.golden, "a field stands at another place there");
  }
  if (behind.is_null()) moves.erase(entity.text.str());
  store_object(context, moved_name, moves);
  return !moves.empty();
}

}  // namespace truce
