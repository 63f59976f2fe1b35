#include "engine/core/model/json_members.h"

namespace truce {
namespace {

using Kind = StoredNode::Kind;

// The member where it is of this kind, else one without anything in it.
const StoredNode& member_of(const StoredNode& node, std::string_view key, Kind kind) {
  static const StoredNode nothing;
  const StoredNode* member = node.find(key);
  return member && member->kind == kind ? *member : nothing;
}

}  // namespace

std::string_view text_at(const StoredNode& node, std::string_view key) {
  return member_of(node, key, Kind::text).text;
}

std::optional<Time> optional_time_at(const StoredNode& node, std::string_view key) {
  const auto us = integer_in<std::int64_t>(member_of(node, key, Kind::number).text);
  return us ? std::optional(Time{*us}) : std::nullopt;
}

Time time_at(const StoredNode& node, std::string_view key) {
  return optional_time_at(node, key).value_or(Time{});
}

bool flag_at(const StoredNode& node, std::string_view key) {
  return member_of(node, key, Kind::boolean).truth;
}

std::uint64_t count_at(const StoredNode& node, std::string_view key) {
  return integer_in<std::uint64_t>(member_of(node, key, Kind::number).text).value_or(0);
}

Value value_at(const StoredNode& node, std::string_view key) {
  return optional_value_at(node, key).value_or(Value::null());
}

std::optional<Value> optional_value_at(const StoredNode& node, std::string_view key) {
  const StoredNode* member = node.find(key);
  return member ? std::optional(value_from_stored(*member)) : std::nullopt;
}

std::vector<std::string> texts_at(const StoredNode& node, std::string_view key) {
  std::vector<std::string> texts;
  for (const StoredNode& element : array_at(node, key)) {
    if (element.kind == Kind::text) texts.emplace_back(element.text);
  }
  return texts;
}

const StoredNode& object_at(const StoredNode& node, std::string_view key) {
  return member_of(node, key, Kind::object);
}

const StoredNode& array_at(const StoredNode& node, std::string_view key) {
  return member_of(node, key, Kind::array);
}

}  // namespace truce
