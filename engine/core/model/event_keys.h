// The event keys of one stored document: each stands in it once, in a list at its end, and is
// elsewhere its place in that list. One event is told of by every field that it shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/json_text.h"
#include "engine/core/model/stored_json.h"
#include "engine/core/model/stored_list.h"

namespace truce {

class EventKeys {
 public:
  // Nothing for an empty key. `event_key` must outlive this.
  void put(JsonText& out, std::string_view member, const EventKey& event_key);
  // The list itself, as the document's last member.
  void put_all(JsonText& out) const;

 private:
  StoredList<EventKey> keys_;
};

class KeyList {
 public:
  explicit KeyList(const StoredNode& document);
  // An empty key where there is none.
  EventKey at(const StoredNode& node, std::string_view member) const;

 private:
  std::vector<EventKey> keys_;
};

}  // namespace truce
