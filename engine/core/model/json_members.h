// Writing and reading the members of the store's JSON. Reading never throws: a member that is
// absent or of another type leaves the default, so that a row of an older version is read as far as
// it goes. What has its default value is not written.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/json_text.h"
#include "engine/core/model/stored_json.h"
#include "engine/core/model/time.h"
#include "engine/core/model/value.h"

namespace truce {

inline void put(JsonText& out, std::string_view key, std::string_view text) {
  out.key(key).string(text);
}
inline void put_text(JsonText& out, std::string_view key, const std::string& text) {
  if (!text.empty()) put(out, key, text);
}
template <class Tag>
void put_id(JsonText& out, std::string_view key, const Id<Tag>& id) {
  put_text(out, key, id.text);
}
inline void put_time(JsonText& out, std::string_view key, Time time) {
  if (time.us != 0) out.key(key).number(time.us);
}
inline void put_time(JsonText& out, std::string_view key, const std::optional<Time>& time) {
  if (time) out.key(key).number(time->us);
}
inline void put_flag(JsonText& out, std::string_view key, bool flag) {
  if (flag) out.key(key).boolean(true);
}
inline void put_count(JsonText& out, std::string_view key, std::uint64_t count) {
  if (count != 0) out.key(key).count(count);
}
inline void put_value(JsonText& out, std::string_view key, const Value& value) {
  if (!value.is_null()) write(out.key(key), value);
}
inline void put_value(JsonText& out, std::string_view key, const std::optional<Value>& value) {
  if (value) write(out.key(key), *value);
}
// The elements' text: of ids, or of strings.
inline const std::string& text_of(const std::string& text) { return text; }
template <class Tag>
const std::string& text_of(const Id<Tag>& id) {
  return id.text;
}
template <class Text>
void put_texts(JsonText& out, std::string_view key, const std::vector<Text>& texts) {
  if (texts.empty()) return;
  out.key(key).open_array();
  for (const Text& text : texts) out.string(text_of(text));
  out.close_array();
}
// `write_element` writes one value.
template <class Elements, class Write>
void put_list(JsonText& out, std::string_view key, const Elements& elements,
              const Write& write_element) {
  out.key(key).open_array();
  for (const auto& element : elements) write_element(element);
  out.close_array();
}
template <class Map, class Write>
void put_map(JsonText& out, std::string_view key, const Map& map, const Write& write_element) {
  out.key(key).open_object();
  for (const auto& [name, value] : map) {
    out.key(name.text);
    write_element(value);
  }
  out.close_object();
}

// The text itself, or an empty one.
std::string_view text_at(const StoredNode& node, std::string_view key);
template <class AnyId>
AnyId id_at(const StoredNode& node, std::string_view key) {
  return AnyId(std::string(text_at(node, key)));
}
// The name that a member of an object has.
template <class AnyId>
AnyId name_of(const StoredNode& member) {
  return AnyId(std::string(member.key));
}
std::optional<Time> optional_time_at(const StoredNode& node, std::string_view key);
Time time_at(const StoredNode& node, std::string_view key);
bool flag_at(const StoredNode& node, std::string_view key);
std::uint64_t count_at(const StoredNode& node, std::string_view key);
Value value_at(const StoredNode& node, std::string_view key);
std::optional<Value> optional_value_at(const StoredNode& node, std::string_view key);
std::vector<std::string> texts_at(const StoredNode& node, std::string_view key);
// An empty object or array where there is none of that kind: for loops.
const StoredNode& object_at(const StoredNode& node, std::string_view key);
const StoredNode& array_at(const StoredNode& node, std::string_view key);
// The number where the characters are one of this type and nothing else.
template <class Integer>
std::optional<Integer> integer_in(std::string_view characters) {
  Integer number = 0;
  const char* end = characters.data() + characters.size();
  const auto [rest, error] = std::from_chars(characters.data(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

}  // namespace truce
