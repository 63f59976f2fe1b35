#include "engine/core/model/event_keys.h"

#include <functional>

#include "engine/core/model/json_members.h"

namespace truce {
namespace {

constexpr const char* list_member = "event_keys";

}  // namespace

void EventKeys::put(JsonText& out, std::string_view member, const EventKey& event_key) {
  if (event_key.empty()) return;
  out.key(member).count(keys_.place_of(event_key, std::equal_to<EventKey>()));
}

void EventKeys::put_all(JsonText& out) const {
  if (keys_.all().empty()) return;
  out.key(list_member).open_array();
  for (const EventKey* key : keys_.all()) out.string(key->text());
  out.close_array();
}

KeyList::KeyList(const StoredNode& document) {
  for (std::string& text : texts_at(document, list_member)) keys_.emplace_back(std::move(text));
}

EventKey KeyList::at(const StoredNode& node, std::string_view member) const {
  const StoredNode* place = node.find(member);
  if (!place) return {};
  if (place->kind == StoredNode::Kind::text) return EventKey(std::string(place->text));
  const auto index = integer_in<std::size_t>(place->text);
  return index && *index < keys_.size() ? keys_[*index] : EventKey();
}

}  // namespace truce
