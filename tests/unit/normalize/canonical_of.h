// Short ways to say "this field reads this raw value as that".
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/core/normalize/normalize.h"

namespace truce {

inline Field field_of(FieldType type) {
  Field field;
  field.name = FieldName("subject");
  field.type = type;
  return field;
}

inline Json json_of(std::string_view text) {
  const Result<Json> parsed = parse_json(text);
  return parsed ? *parsed : Json("json_of: " + parsed.error().message);
}

inline Result<Value> read(const Field& field, const Json& raw, const MapEntry& entry = {}) {
  return to_canonical(System{}, field, entry, raw);
}

// The key of a value, "(null)" of null, the code of a refusal in parentheses. Elements of a set are
// joined by '|'.
inline std::string key_of(const Result<Value>& value) {
  if (!value) return "(" + std::string(to_string(value.error().code)) + ")";
  if (value->is_null()) return "(null)";
  if (!value->is_set()) return value->key();
  std::string keys;
  for (const Value::Element& element : value->elements()) {
    keys += (keys.empty() ? "" : "|") + element.key;
  }
  return keys;
}

inline std::string key_of(FieldType type, const Json& raw, const MapEntry& entry = {}) {
  return key_of(read(field_of(type), raw, entry));
}

inline std::string text_of(const Result<Value>& value) {
  return value ? value->text() : "(" + std::string(to_string(value.error().code)) + ")";
}

// The system's form as JSON text, the code of a refusal in parentheses.
inline std::string form_of(const Field& field, const MapEntry& entry, const Value& value) {
  const Result<Json> form = to_system(field, entry, value, nullptr);
  return form ? to_wire(*form) : "(" + std::string(to_string(form.error().code)) + ")";
}

}  // namespace truce
