#include "engine/core/model/json_members.h"

#include <charconv>

namespace truce {

const std::string& text_at(const Json& node, const char* key) {
  static const std::string nothing;
  const Json* member = find_member(node, key);
  return member && member->is_string() ? member->get_ref<const std::string&>() : nothing;
}

std::optional<Time> optional_time_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  if (!member) return std::nullopt;
  const std::optional<std::int64_t> us = to_int64(*member);
  return us ? std::optional(Time{*us}) : std::nullopt;
}

Time time_at(const Json& node, const char* key) {
  return optional_time_at(node, key).value_or(Time{});
}

bool flag_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  return member && member->is_boolean() && member->get<bool>();
}

std::uint64_t count_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  if (!member) return 0;
  if (member->is_number_unsigned()) return member->get<std::uint64_t>();
  const std::string text = number_text(*member);
  std::uint64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && rest == text.data() + text.size() ? count : 0;
}

Value value_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  return member ? value_from_stored(*member) : Value::null();
}

std::optional<Value> optional_value_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  return member ? std::optional(value_from_stored(*member)) : std::nullopt;
}

std::vector<std::string> texts_at(const Json& node, const char* key) {
  std::vector<std::string> texts;
  for (const Json& element : array_at(node, key)) {
    if (element.is_string()) texts.push_back(element.get_ref<const std::string&>());
  }
  return texts;
}

const Json::object_t& object_at(const Json& node, const char* key) {
  static const Json::object_t nothing;
  const Json* member = find_member(node, key);
  return member && member->is_object() ? member->get_ref<const Json::object_t&>() : nothing;
}

const Json::array_t& array_at(const Json& node, const char* key) {
  static const Json::array_t nothing;
  const Json* member = find_member(node, key);
  return member && member->is_array() ? member->get_ref<const Json::array_t&>() : nothing;
}

}  // namespace truce
