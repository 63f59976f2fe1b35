#include "engine/core/normalize/lossy.h"

#include <algorithm>

#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/number.h"
#include "engine/core/normalize/set.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

std::string rewritten_text(const Lossy& lossy, std::string text) {
  switch (lossy.kind) {
    case Lossy::Kind::lower:
      return lower_case(text);
    case Lossy::Kind::upper:
      return upper_case(text);
    case Lossy::Kind::trim:
      return std::string(trimmed(text));
    case Lossy::Kind::truncate:
      return first_code_points(text, static_cast<std::size_t>(std::max(lossy.digits, 0)));
    case Lossy::Kind::round:
      return normal_decimal(text) ? round_decimal(text, lossy.digits) : text;
  }
  return text;
}

Json rewritten_scalar(const MapEntry& entry, Json form) {
  if (is_number(form)) {
    std::string digits = number_text(form);
    for (const Lossy& lossy : entry.lossy) {
      if (lossy.kind == Lossy::Kind::round) digits = round_decimal(digits, lossy.digits);
    }
    return make_number(digits);
  }
  if (!form.is_string()) return form;
  std::string text = form.get<std::string>();
  for (const Lossy& lossy : entry.lossy) text = rewritten_text(lossy, std::move(text));
  if (entry.max_length) text = first_code_points(text, *entry.max_length);
  return text;
}

// Without `split`: a separator inside one string must not be cut in two.
Result<Json> elements_form(const Field& field, const MapEntry& entry, const Value& value) {
  return written_elements(field, entry, value).map([](const std::vector<std::string>& words) {
    return Json(words);
  });
}

// A text that is short enough, where the system does no more than cut texts off. There are no more
// code points than bytes.
bool fits(const Field& field, const MapEntry& entry, const Value& value) {
  return field.type == FieldType::text && entry.max_length && entry.lossy.empty() &&
         entry.blank.empty() && value.text().size() <= *entry.max_length;
}

bool is_coarse(const MapEntry& entry) { return entry.format && *entry.format != "rfc3339"; }

}  // namespace

bool rewrites(const Field& field, const MapEntry& entry) {
  return !entry.lossy.empty() || entry.max_length || !entry.blank.empty() || entry.fallback ||
         (field.type == FieldType::instant && is_coarse(entry));
}

Json rewritten(const MapEntry& entry, Json form) {
  if (!form.is_array()) return rewritten_scalar(entry, std::move(form));
  for (Json& item : form) item = rewritten_scalar(entry, std::move(item));
  return form;
}

Value as_held(const Field& field, const MapEntry& entry, const Value& value) {
  if (field.type == FieldType::set && !value.is_set() && !value.is_null()) {
    return as_held(field, entry, as_set(entry, value));
  }
  if (value.is_null() || !rewrites(field, entry) || fits(field, entry, value)) return value;
  MapEntry plain = entry;
  plain.write_transform.reset();
  plain.transform.reset();
  plain.pattern.reset();  // what the system cuts off may be what the pattern wants
  plain.split.reset();
  plain.element.reset();
  const Result<Json> form = field.type == FieldType::set ? elements_form(field, plain, value)
                                                         : to_system(field, plain, value, nullptr);
  if (!form) return value;
  // The zone never matters: what to_system writes names its offset, or is "datetime", which is UTC.
  return to_canonical(System{}, field, plain, rewritten(plain, *form)).value_or(value);
}

bool are_held_alike(const Field& field, const MapEntry& entry, const Value& a, const Value& b) {
  return same(a, b) || same(as_held(field, entry, a), as_held(field, entry, b));
}

}  // namespace truce
