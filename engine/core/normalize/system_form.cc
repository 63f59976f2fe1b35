#include "engine/core/normalize/boolean.h"
#include "engine/core/normalize/date.h"
#include "engine/core/normalize/enumeration.h"
#include "engine/core/normalize/instant.h"
#include "engine/core/normalize/money.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/phone.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/set.h"

namespace truce {
namespace {

Result<Json> transformed(const Field& field, const std::string& program, const Value& value,
                         Transforms* transforms) {
  if (transforms == nullptr) {
    return fail(Code::transform_failed,
                field.name.text + ": has a write_transform, and transforms are not available here");
  }
  Result<Json> output = transforms->run(program, to_json(value));
  if (!output) return refuse_transform(field, output.error());
  if (output->is_discarded()) {
    return fail(Code::transform_failed, field.name.text + ": its write_transform gave nothing");
  }
  return output;
}

Result<Json> number_form(Result<std::string> digits) {
  return std::move(digits).map([](const std::string& text) { return make_number(text); });
}

Result<Json> typed_form(const Field& field, const MapEntry& entry, const Value& value) {
  switch (field.type) {
    case FieldType::integer:
    case FieldType::decimal:
      return make_number(value.text());
    case FieldType::money:
      return number_form(written_money(field, entry, value));
    case FieldType::boolean:
      return written_boolean(entry, value);
    case FieldType::date:
      return written_date(entry, value);
    case FieldType::instant:
      return written_instant(entry, value);
    case FieldType::enumeration:
      return written_option(field, entry, value.text()).map([&](const std::string& word) {
        return option_form(entry, word);
      });
    case FieldType::set:
      return written_set(field, entry, value);
    case FieldType::phone:
      return Json(written_phone(value.text()));
    case FieldType::text:
    case FieldType::html:
    case FieldType::email:
    case FieldType::url:
    case FieldType::domain:
      return Json(value.text());
    case FieldType::reference:
      return option_form(entry, value.text());
  }
  return fail(Code::internal, field.name.text + ": has no known type");
}

bool fits_type(const Field& field, const Value& value) {
  switch (field.type) {
    case FieldType::integer:
      return value.kind() == Value::Kind::integer;
    case FieldType::decimal:
    case FieldType::money:
      return value.kind() == Value::Kind::decimal || value.kind() == Value::Kind::integer;
    case FieldType::boolean:
      return value.kind() == Value::Kind::boolean;
    case FieldType::set:
      return value.kind() == Value::Kind::set;
    default:
      return value.kind() == Value::Kind::text;
  }
}

}  // namespace

Result<Json> to_system(const Field& field, const MapEntry& entry, const Value& value,
                       Transforms* transforms) {
  if (value.is_null()) return entry.blank.empty() ? Json(nullptr) : entry.blank.front();
  if (entry.write_transform) return transformed(field, *entry.write_transform, value, transforms);
  // A golden value of before a change of the field's type: it is derived anew with the next event.
  if (!fits_type(field, value)) {
    return fail(Code::type_mismatch, field.name.text + ": the value is of another type than " +
                                         std::string(to_string(field.type)));
  }
  return typed_form(field, entry, value);
}

}  // namespace truce
