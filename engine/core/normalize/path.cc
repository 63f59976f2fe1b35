#include <algorithm>

#include "engine/core/normalize/normalize.h"

namespace truce {
namespace {

bool has_text(const Json& item, const PathStep& step) {
  const Json* member = find_member(item, step.member);
  return member != nullptr && scalar_text(*member) == step.equals;
}

const Json* read_step(const Json& node, const PathStep& step) {
  switch (step.kind) {
    case PathStep::Kind::member:
      return find_member(node, step.member);
    case PathStep::Kind::index:
      // A JSON Pointer's digits name a member where the record has an object.
      if (node.is_object() && !step.member.empty()) return find_member(node, step.member);
      return node.is_array() && step.index < node.size() ? &node[step.index] : nullptr;
    case PathStep::Kind::where: {
      if (!node.is_array()) return nullptr;
      const auto found = std::find_if(node.begin(), node.end(),
                                      [&](const Json& item) { return has_text(item, step); });
      return found == node.end() ? nullptr : &*found;
    }
  }
  return nullptr;
}

bool is_json_integer(const std::string& text) {
  return normal_decimal(text) == text && text.find('.') == std::string::npos;
}

// [id=7] makes {"id": 7}, [primary=true] {"primary": true}: as the systems spell them.
Json scalar_of(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  return is_json_integer(text) ? make_number(text) : Json(text);
}

Json& made_array(Json& node) {
  if (!node.is_array()) node = Json::array();
  return node;
}

Json& write_step(Json& node, const PathStep& step) {
  const bool named =
      step.kind == PathStep::Kind::member ||
      (step.kind == PathStep::Kind::index && !step.member.empty() && node.is_object());
  if (named) {
    if (!node.is_object()) node = Json::object();
    return node[step.member];
  }
  Json& array = made_array(node);
  if (step.kind == PathStep::Kind::index) {
    while (array.size() <= step.index) array.push_back(nullptr);
    return array[step.index];
  }
  const auto found = std::find_if(array.begin(), array.end(),
                                  [&](const Json& item) { return has_text(item, step); });
  if (found != array.end()) return *found;
  array.push_back(Json{{step.member, scalar_of(step.equals)}});
  return array.back();
}

}  // namespace

const Json* read_path(const Json& record, const Path& path) {
  const Json* node = &record;
  for (const PathStep& step : path.steps) {
    node = read_step(*node, step);
    if (node == nullptr) return nullptr;
  }
  return node;
}

void write_path(Json& target, const Path& path, Json value) {
  Json* node = &target;
  for (const PathStep& step : path.steps) node = &write_step(*node, step);
  *node = std::move(value);
}

}  // namespace truce
