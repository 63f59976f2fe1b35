#include "engine/core/normalize/reference.h"

#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::size_t longest_id_bytes = 512;

}  // namespace

Result<RecordId> read_record_id(const Json& raw) {
  if (!raw.is_string() && !is_number(raw)) {
    return fail(Code::id_invalid, "the id must be a string or a number");
  }
  std::string id =
      is_number(raw) ? number_text(raw) : std::string(trimmed(raw.get_ref<const std::string&>()));
  if (is_number(raw)) id = normal_decimal(id).value_or(id);
  if (id.empty()) return fail(Code::id_invalid, "the id is empty");
  if (id.size() > longest_id_bytes)
    return fail(Code::id_invalid, "the id is longer than 512 bytes");
  if (!is_utf8(id) || has_space_or_control(id)) {
    return fail(Code::id_invalid, "the id \"" + shown(id) + "\" has a space or control character");
  }
  return RecordId(std::move(id));
}

Result<Value> read_reference(const Field& field, const Json& raw) {
  const Json* id = &raw;
  if (raw.is_object()) {
    id = find_member(raw, "value");
    if (id == nullptr) id = find_member(raw, "id");
    if (id == nullptr)
      return refuse_type(field, raw, "an id; an object needs a member value or id");
    const bool blank = id->is_string() && is_blank(id->get_ref<const std::string&>());
    if (id->is_null() || blank) return Value::null();
  }
  const Result<RecordId> read = read_record_id(*id);
  if (!read) return fail(read.error().code, field.name.text + ": " + read.error().message);
  return Value::of_text(read->text);
}

}  // namespace truce
