#include "engine/app/stored_walk.h"

namespace truce {

Json stored_object(ReadView& store, const char* name) {
  const auto text = store.find_meta(name);
  return text && !text->empty() ? json_of(*text) : Json::object();
}

void store_object(Context& context, const char* name, const Json& object) {
  context.store.put_meta(name, object.empty() ? "" : to_wire(object));
}

Json walk_begin() { return Json::array({"", ""}); }

std::vector<SourceRecord> next_sources(Context& context, const EntityName& entity, Json& place,
                                       std::size_t limit) {
  std::vector<SourceRecord> sources;
  if (context.policy.entity(entity)) {
    sources = context.store.sources_behind(
        entity, {SystemName(place[0].get<std::string>()), RecordId(place[1].get<std::string>())},
        limit);
  }
  if (sources.size() == limit)
    place = {sources.back().system.text, sources.back().id.text};
  else
    place = nullptr;
  return sources;
}

}  // namespace truce
