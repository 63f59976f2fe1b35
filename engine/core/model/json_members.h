// Writing and reading the members of the store's JSON. Reading never throws: a member that is
// absent or of another type leaves the default, so that a row of an older version is read as far as
// it goes. What has its default value is not written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"
#include "engine/core/model/value.h"

namespace truce {

// Keys are literals of at most 15 characters, which std::string holds without the heap.
inline void put(Json& node, const char* key, Json value) {
  node.get_ref<Json::object_t&>().emplace(key, std::move(value));
}
inline void put_text(Json& node, const char* key, const std::string& text) {
  if (!text.empty()) put(node, key, text);
}
template <class Tag>
void put_id(Json& node, const char* key, const Id<Tag>& id) {
  put_text(node, key, id.text);
}
inline void put_time(Json& node, const char* key, Time time) {
  if (time.us != 0) put(node, key, time.us);
}
inline void put_time(Json& node, const char* key, const std::optional<Time>& time) {
  if (time) put(node, key, time->us);
}
inline void put_flag(Json& node, const char* key, bool flag) {
  if (flag) put(node, key, true);
}
inline void put_count(Json& node, const char* key, std::uint64_t count) {
  if (count != 0) put(node, key, count);
}
inline void put_value(Json& node, const char* key, const Value& value) {
  if (!value.is_null()) put(node, key, to_stored(value));
}
inline void put_value(Json& node, const char* key, const std::optional<Value>& value) {
  if (value) put(node, key, to_stored(*value));
}

// The text itself, or an empty one.
const std::string& text_at(const Json& node, const char* key);
template <class AnyId>
AnyId id_at(const Json& node, const char* key) {
  return AnyId(text_at(node, key));
}
std::optional<Time> optional_time_at(const Json& node, const char* key);
Time time_at(const Json& node, const char* key);
bool flag_at(const Json& node, const char* key);
std::uint64_t count_at(const Json& node, const char* key);
Value value_at(const Json& node, const char* key);
std::optional<Value> optional_value_at(const Json& node, const char* key);
std::vector<std::string> texts_at(const Json& node, const char* key);
// An empty object or array where there is none of that kind: for loops.
const Json::object_t& object_at(const Json& node, const char* key);
const Json::array_t& array_at(const Json& node, const char* key);

}  // namespace truce
