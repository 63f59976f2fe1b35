#include "tests/unit/policy/schema_evaluator.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

namespace truce::test {
namespace {

const std::set<std::string> annotations = {"$schema", "$id",         "$defs",
                                           "title",   "description", "default"};
// Their arguments are schemas, or hold schemas by name or in a list.
const std::set<std::string> with_one_schema = {
    "additionalProperties", "propertyNames", "items", "not", "if", "then", "else"};
const std::set<std::string> with_named_schemas = {"properties", "$defs"};
const std::set<std::string> with_listed_schemas = {"oneOf", "allOf"};
const std::set<std::string> assertions = {
    "type",          "enum",        "const",    "required",
    "pattern",       "minimum",     "maximum",  "exclusiveMinimum",
    "minLength",     "maxLength",   "minItems", "maxItems",
    "minProperties", "uniqueItems", "$ref"};

void collect_unknown(const Json& schema, const std::string& at, std::vector<std::string>& found) {
  if (schema.is_boolean()) return;
  for (const auto& [keyword, argument] : schema.items()) {
    const std::string here = at + "/" + keyword;
    if (with_one_schema.contains(keyword)) {
      collect_unknown(argument, here, found);
    } else if (with_named_schemas.contains(keyword)) {
      for (const auto& [name, inner] : argument.items()) {
        collect_unknown(inner, here + "/" + name, found);
      }
    } else if (with_listed_schemas.contains(keyword)) {
      for (const Json& inner : argument) collect_unknown(inner, here, found);
    } else if (!annotations.contains(keyword) && !assertions.contains(keyword)) {
      found.push_back(here);
    }
  }
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool is_of_type(const std::string& type, const Json& value) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  if (type == "number") return is_number(value);
  if (type == "integer") {
    const auto decimal = normal_decimal(number_text(value));
    return is_number(value) && decimal && decimal->find('.') == std::string::npos;
  }
  throw std::logic_error("type " + type);
}

bool equal(const Json& a, const Json& b) { return to_canonical(a) == to_canonical(b); }

int compared(const Json& value, const Json& bound) {
  return compare_decimals(normal_decimal(number_text(value)).value_or("0"),
                          normal_decimal(number_text(bound)).value_or("0"));
}

const RE2& compiled_pattern(const std::string& pattern) {
  static std::map<std::string, std::unique_ptr<const RE2>> compiled;
  auto& known = compiled[pattern];
  if (!known) known = std::make_unique<const RE2>(pattern);
  return *known;
}

bool all_different(const Json& list) {
  std::set<std::string> seen;
  return std::all_of(list.begin(), list.end(), [&](const Json& element) {
    return seen.insert(to_canonical(element)).second;
  });
}

bool has_all(const Json& value, const Json& names) {
  return std::all_of(names.begin(), names.end(), [&](const Json& name) {
    return find_member(value, name.get<std::string>()) != nullptr;
  });
}

}  // namespace

std::vector<std::string> SchemaEvaluator::unknown_keywords() const {
  std::vector<std::string> found;
  collect_unknown(root_, "#", found);
  return found;
}

const Json& SchemaEvaluator::resolve(const std::string& reference) const {
  return root_.at(Json::json_pointer(reference.substr(1)));
}

bool SchemaEvaluator::accepts(const Json& schema, const Json& value) const {
  if (schema.is_boolean()) return schema.get<bool>();
  for (const auto& [keyword, argument] : schema.items()) {
    if (!keyword_accepts(schema, keyword, argument, value)) return false;
  }
  return !value.is_object() || object_accepts(schema, value);
}

bool SchemaEvaluator::object_accepts(const Json& schema, const Json& value) const {
  const Json* properties = find_member(schema, "properties");
  const Json* others = find_member(schema, "additionalProperties");
  const Json* names = find_member(schema, "propertyNames");
  for (const auto& [name, member] : value.items()) {
    if (names != nullptr && !accepts(*names, Json(name))) return false;
    const Json* own = properties == nullptr ? nullptr : find_member(*properties, name);
    const Json* applies = own != nullptr ? own : others;
    if (applies != nullptr && !accepts(*applies, member)) return false;
  }
  return true;
}

bool SchemaEvaluator::keyword_accepts(const Json& schema, const std::string& keyword,
                                      const Json& argument, const Json& value) const {
  const auto matches = [&](const Json& inner) { return accepts(inner, value); };
  const auto size = [&] { return static_cast<std::size_t>(*to_int64(argument)); };
  if (keyword == "$ref") return accepts(resolve(argument.get<std::string>()), value);
  if (keyword == "allOf") return std::all_of(argument.begin(), argument.end(), matches);
  if (keyword == "oneOf") return std::count_if(argument.begin(), argument.end(), matches) == 1;
  if (keyword == "not") return !accepts(argument, value);
  if (keyword == "if") {
    const Json* branch = find_member(schema, accepts(argument, value) ? "then" : "else");
    return branch == nullptr || accepts(*branch, value);
  }
  if (keyword == "const") return equal(argument, value);
  if (keyword == "enum") {
    return std::any_of(argument.begin(), argument.end(),
                       [&](const Json& option) { return equal(option, value); });
  }
  if (keyword == "type") {
    if (argument.is_string()) return is_of_type(argument.get<std::string>(), value);
    return std::any_of(argument.begin(), argument.end(), [&](const Json& type) {
      return is_of_type(type.get<std::string>(), value);
    });
  }
  if (is_number(value)) {
    if (keyword == "minimum") return compared(value, argument) >= 0;
    if (keyword == "maximum") return compared(value, argument) <= 0;
    if (keyword == "exclusiveMinimum") return compared(value, argument) > 0;
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (keyword == "minLength") return characters(text) >= size();
    if (keyword == "maxLength") return characters(text) <= size();
    if (keyword == "pattern") {
      return RE2::PartialMatch(text, compiled_pattern(argument.get<std::string>()));
    }
  }
  if (value.is_array()) {
    if (keyword == "minItems") return value.size() >= size();
    if (keyword == "maxItems") return value.size() <= size();
    if (keyword == "uniqueItems") return all_different(value);
    if (keyword == "items") {
      return std::all_of(value.begin(), value.end(),
                         [&](const Json& element) { return accepts(argument, element); });
    }
  }
  if (value.is_object()) {
    if (keyword == "required") return has_all(value, argument);
    if (keyword == "minProperties") return value.size() >= size();
  }
  return true;
}

}  // namespace truce::test
