#include "engine/app/shape.h"

#include <algorithm>

#include "engine/core/normalize/blank.h"
#include "engine/core/normalize/enumeration.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr int depth_max = 8;
constexpr std::string_view separators = ";,|";

void walk(const Json& node, const std::string& prefix, int depth,
          const std::map<std::string, const Field*>& mapped,
          const std::function<void(const std::string&, const Json&)>& take) {
  for (const auto& [name, value] : node.items()) {
    const std::string path = prefix.empty() ? name : prefix + '.' + name;
    const bool leads_on = value.is_object() && !mapped.contains(path) && depth < depth_max;
    if (leads_on && !value.contains("$sealed")) {
      walk(value, path, depth + 1, mapped, take);
    } else {
      take(path, value);
    }
  }
}

// Two options or more, each of which the policy knows, in one text.
bool holds_several_options(const Field& field, const MapEntry& entry, const std::string& text) {
  for (const char separator : separators) {
    std::size_t options = 0;
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(separator, begin), text.size());
      if (!read_option(field, entry, std::string_view(text).substr(begin, end - begin))) {
        options = 0;
        break;
      }
      ++options;
      begin = end + 1;
    }
    if (options > 1) return true;
  }
  return false;
}

bool is_scalar(const Json& node) { return !node.is_array() && !node.is_object(); }

std::string refused_shape(const Field& field, const MapEntry& entry, const Json& node, Code code) {
  if (code == Code::unknown_option && field.type == FieldType::enumeration && node.is_string()) {
    const bool several = holds_several_options(field, entry, node.get_ref<const std::string&>());
    return several ? options_in_one_text : "";
  }
  if (code != Code::type_mismatch) return "";
  // "perhaps" is no boolean, and a text as those that are.
  if (field.type == FieldType::boolean && is_scalar(node)) return "";
  return shape_of(node);
}

}  // namespace

std::string shape_of(const Json& node) {
  if (node.is_null()) return "null";
  if (node.is_boolean()) return "boolean";
  if (is_number(node)) {
    return number_text(node).find_first_of(".eE") == std::string::npos ? "integer" : "decimal";
  }
  if (node.is_string()) {
    const auto& text = node.get_ref<const std::string&>();
    return text.find_first_not_of(" \t\r\n") == std::string::npos ? "null" : "text";
  }
  if (node.is_object()) return node.contains("$sealed") ? "private" : "object";
  for (const Json& element : node) {
    if (!element.is_null()) return "list of " + shape_of(element);
  }
  return "list";
}

std::string kind_of_shape(const std::string& shape) { return shape.substr(0, shape.find(' ')); }

std::string members_of(const Path& path) {
  std::string members;
  for (const PathStep& step : path.steps) {
    if (step.kind != PathStep::Kind::member) break;
    if (!members.empty()) members += '.';
    members += step.member;
  }
  return members;
}

std::map<std::string, const Field*> paths_of(const Entity& entity, const SystemName& system) {
  std::map<std::string, const Field*> paths;
  for (const auto& [name, field] : entity.fields) {
    const auto entry = field.map.find(system);
    if (entry != field.map.end()) paths.emplace(members_of(entry->second.path), &field);
  }
  return paths;
}

bool names_record(const Entity& entity, const SystemName& system, const std::string& path) {
  for (const auto* paths : {&entity.id, &entity.modified}) {
    const auto named = paths->find(system);
    if (named != paths->end() && members_of(named->second) == path) return true;
  }
  return false;
}

void for_each_place(const Json& record, const std::map<std::string, const Field*>& mapped,
                    const std::function<void(const std::string&, const Json&)>& take) {
  walk(record, "", 0, mapped, take);
}

std::string shape_wanted(const Field& field) {
  switch (field.type) {
    case FieldType::set:
      return "list of text";
    case FieldType::boolean:
      return "boolean";
    case FieldType::integer:
      return "integer";
    case FieldType::decimal:
    case FieldType::money:
      return "decimal";
    default:
      return "text";
  }
}

std::string mend_of(const Field& field, const SystemName& system, const std::string& shape) {
  const std::string place = "'" + field.name.text + "' in " + system.text;
  if (shape == options_in_one_text ||
      (kind_of_shape(shape) == "list" && field.type != FieldType::set)) {
    const std::string split = shape == options_in_one_text ? " with a \"split\"" : "";
    return place + " holds several values now: make the field a set" + split +
           ", or read one with [0] in its path";
  }
  if (shape == "text" && field.type == FieldType::set) {
    return place + " is one text now: give its map entry a \"split\"";
  }
  if (shape == "object") return place + " is an object now: let its path name the member to read";
  if (shape == "list of object") {
    return place + " is a list of objects now: name their member with \"element\"";
  }
  return place + " is " + shape + " now: change the field's type, or read it with a transform";
}

bool reads_whole_lists(const Field& field, const MapEntry& entry) {
  return field.type == FieldType::set && !entry.transform && (!entry.split || entry.split->empty());
}

OddShapes odd_shapes(const Entity& entity, const SystemName& system, const Json& record,
                     const NormalizedRecord& read) {
  OddShapes odd;
  for (const FieldProblem& problem : read.problems) {
    const Field* field = entity.field(problem.field);
    if (!field || !field->map.contains(system)) continue;
    const MapEntry& entry = field->map.at(system);
    const Json* node = read_path(record, entry.path);
    if (!node) continue;
    const std::string shape = refused_shape(*field, entry, *node, problem.code);
    if (!shape.empty()) odd.refused.emplace(problem.field, shape);
  }
  for (const auto& [name, field] : entity.fields) {
    if (field.type != FieldType::set) continue;
    const auto entry = field.map.find(system);
    if (entry == field.map.end() || !reads_whole_lists(field, entry->second)) continue;
    const Json* node = read_path(record, entry->second.path);
    if (!node || !is_scalar(*node) || says_no_value(field.type, entry->second, *node)) continue;
    if (!odd.refused.contains(name)) odd.single.emplace(name, shape_of(*node));
  }
  return odd;
}

}  // namespace truce
