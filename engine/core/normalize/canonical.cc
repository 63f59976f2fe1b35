#include <optional>
#include <string>

#include "engine/core/normalize/blank.h"
#include "engine/core/normalize/boolean.h"
#include "engine/core/normalize/date.h"
#include "engine/core/normalize/email.h"
#include "engine/core/normalize/enumeration.h"
#include "engine/core/normalize/html.h"
#include "engine/core/normalize/instant.h"
#include "engine/core/normalize/money.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/number.h"
#include "engine/core/normalize/pattern.h"
#include "engine/core/normalize/phone.h"
#include "engine/core/normalize/reference.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/set.h"
#include "engine/core/normalize/text.h"
#include "engine/core/normalize/url.h"

namespace truce {
namespace {

// Text, or a number's digits: spreadsheets send phone numbers and postcodes as numbers.
Result<std::string> text_of(const Field& field, const Json& raw) {
  if (raw.is_string()) return raw.get<std::string>();
  if (!is_number(raw)) return refuse_type(field, raw, "text");
  return number_text(raw);
}

Result<std::string> string_of(const Field& field, const Json& raw) {
  if (raw.is_string()) return raw.get<std::string>();
  return refuse_type(field, raw, "a string");
}

Result<Value> read_phone_node(const Field& field, const Json& raw) {
  const Result<std::string> text = text_of(field, raw);
  if (!text) return tl::unexpected(text.error());
  // 4.93e10 is a number's spelling, no telephone's.
  const std::optional<std::string> plain = is_number(raw) ? normal_decimal(*text) : std::nullopt;
  return read_phone(field, plain.value_or(*text));
}

template <class Reader>
Result<Value> read_string(const Field& field, const Json& raw, Reader reader) {
  const Result<std::string> text = string_of(field, raw);
  if (!text) return tl::unexpected(text.error());
  return reader(field, *text);
}

Result<Value> read_typed(const System& system, const Field& field, const MapEntry& entry,
                         const Json& raw) {
  switch (field.type) {
    case FieldType::text:
      return text_of(field, raw).map(text_value);
    case FieldType::html:
      return string_of(field, raw).map(html_value);
    case FieldType::email:
      return read_string(field, raw, read_email);
    case FieldType::phone:
      return read_phone_node(field, raw);
    case FieldType::url:
      return read_string(field, raw, read_url);
    case FieldType::domain:
      return read_string(field, raw, read_domain);
    case FieldType::integer:
      return read_integer_value(field, raw);
    case FieldType::decimal:
      return read_decimal_value(field, raw);
    case FieldType::money:
      return read_money(field, entry, raw);
    case FieldType::boolean:
      return read_boolean(field, entry, raw);
    case FieldType::date:
      return read_date(field, entry, raw);
    case FieldType::instant:
      return read_instant(field, system, entry, raw);
    case FieldType::enumeration:
      return read_enumeration(field, entry, raw);
    case FieldType::set:
      return read_set(field, entry, raw);
    case FieldType::reference:
      return read_reference(field, raw);
  }
  return fail(Code::internal, field.name.text + ": has no known type");
}

Result<void> check_scalar(const Field& field, const MapEntry& entry, const Json& raw) {
  const std::optional<std::string> text = scalar_text(raw);
  if (!text) return {};
  if (Result<void> fine = check_text(field, *text); !fine) return fine;
  // A set's pattern is for its elements, which read_set checks.
  if (field.type == FieldType::set) return {};
  return check_pattern(field, entry, *text);
}

// The reader of a person's words: no system's map, but the options that the systems can show.
Field with_known_options(const Field& field) {
  Field plain = field;
  plain.options = options_of(field);
  return plain;
}

}  // namespace

Result<Value> to_canonical(const System& system, const Field& field, const MapEntry& entry,
                           const Json& raw) {
  if (raw.is_string() && raw.get_ref<const std::string&>().size() > longest_value_bytes) {
    return check_text(field, raw.get_ref<const std::string&>()).map([] { return Value::null(); });
  }
  if (says_no_value(field.type, entry, raw)) return Value::null();
  if (Result<void> fine = check_scalar(field, entry, raw); !fine) {
    return tl::unexpected(fine.error());
  }
  return read_typed(system, field, entry, raw);
}

Result<Value> value_from_person(const Field& field, const Json& typed) {
  return to_canonical(System{}, with_known_options(field), MapEntry{}, typed);
}

}  // namespace truce
