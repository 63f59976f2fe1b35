#include "engine/core/normalize/blank.h"

#include <algorithm>
#include <optional>

#include "engine/core/normalize/lossy.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

std::optional<std::string> value_of_number(const Json& node) {
  const std::optional<std::string> text = scalar_text(node);
  if (!text || node.is_boolean() || text->size() > 64) return std::nullopt;
  return normal_decimal(trimmed(*text));
}

bool holds_numbers(FieldType type) {
  return type == FieldType::integer || type == FieldType::decimal || type == FieldType::money;
}

bool is_stand_in(FieldType type, const Json& stand_in, const Json& raw) {
  const bool by_value = is_number(stand_in) || is_number(raw);
  if (by_value || holds_numbers(type)) {
    const std::optional<std::string> number = value_of_number(stand_in);
    if (number && number == value_of_number(raw)) return true;
    if (by_value) return false;
  }
  if (stand_in.is_string() && raw.is_string()) {
    return trimmed(stand_in.get_ref<const std::string&>()) ==
           trimmed(raw.get_ref<const std::string&>());
  }
  return stand_in == raw;
}

}  // namespace

bool says_no_value(const Json& raw) {
  if (raw.is_null() || (raw.is_array() && raw.empty())) return true;
  return raw.is_string() && is_blank(raw.get_ref<const std::string&>());
}

bool says_no_value(FieldType type, const MapEntry& entry, const Json& raw) {
  if (says_no_value(raw)) return true;
  return std::any_of(entry.blank.begin(), entry.blank.end(), [&](const Json& stand_in) {
    return is_stand_in(type, stand_in, raw) || is_stand_in(type, rewritten(entry, stand_in), raw);
  });
}

}  // namespace truce
