#include "engine/core/model/event_keys.h"

#include <algorithm>

#include "engine/core/model/json_members.h"

namespace truce {
namespace {

constexpr const char* list_member = "event_keys";
// How far back a key is looked for. One that is further away is listed again.
constexpr std::size_t look_back_max = 64;

}  // namespace

void EventKeys::put(JsonText& out, std::string_view member, const EventKey& event_key) {
  if (!event_key.empty()) out.key(member).count(place_of(event_key));
}

std::size_t EventKeys::place_of(const EventKey& event_key) {
  const auto holds_it = [&](const EventKey* key) { return *key == event_key; };
  std::size_t place = next_;
  if (place >= keys_.size() || !holds_it(keys_[place])) {
    const auto begin =
        keys_.end() - static_cast<std::ptrdiff_t>(std::min(keys_.size(), look_back_max));
    place = static_cast<std::size_t>(std::find_if(begin, keys_.end(), holds_it) - keys_.begin());
    if (place == keys_.size()) keys_.push_back(&event_key);
  }
  next_ = place + 1;
  return place;
}

void EventKeys::put_all(JsonText& out) const {
  if (keys_.empty()) return;
  out.key(list_member).open_array();
  for (const EventKey* key : keys_) out.string(key->text());
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
