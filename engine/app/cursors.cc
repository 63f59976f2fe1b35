#include "engine/app/cursors.h"

namespace truce {

namespace {

std::string meta_name(const std::string& name) { return "cursor/" + name; }

struct Cursor {
  Json value;
  std::int64_t version = 0;
  std::string updated_at;
};

std::optional<Cursor> find_cursor(ReadView& store, const std::string& name) {
  const std::optional<std::string> stored = store.find_meta(meta_name(name));
  if (!stored) return std::nullopt;
  const Json node = parse_json(*stored, JsonLimits::of_store()).value_or(Json::object());
  Cursor cursor;
  if (const Json* value = find_member(node, "value")) cursor.value = *value;
  if (const Json* version = find_member(node, "version")) {
    cursor.version = to_int64(*version).value_or(0);
  }
  if (const Json* time = find_member(node, "updated_at")) {
    cursor.updated_at = scalar_text(*time).value_or("");
  }
  return cursor;
}

Json render(const std::string& name, const Cursor& cursor) {
  return {{"name", name},
          {"value", cursor.value},
          {"version", cursor.version},
          {"updated_at", cursor.updated_at}};
}

Result<void> check_match(const Json& body, std::int64_t version) {
  const Json* if_match = find_member(body, "if_match");
  if (if_match == nullptr || if_match->is_null()) return {};
  const std::optional<std::int64_t> seen = to_int64(*if_match);
  if (!seen) return fail(Code::type_mismatch, "a version is a whole number", "/if_match");
  if (*seen == version) return {};
  return fail(Code::version_moved, "the cursor is at version " + std::to_string(version),
              "/if_match");
}

}  // namespace

Result<Json> read_cursor(ReadView& store, const std::string& name) {
  const std::optional<Cursor> cursor = find_cursor(store, name);
  if (!cursor) return fail(Code::not_found, "no such cursor");
  return render(name, *cursor);
}

Result<Json> move_cursor(Context& context, const std::string& name, const Json& body) {
  if (name.size() > cursor_name_bytes_max)
    return fail(Code::field_too_long, "the name is too long");
  const Json* value = find_member(body, "value");
  if (value == nullptr || value->is_null()) {
    return fail(Code::required, "a position is needed", "/value");
  }
  if (to_wire(*value).size() > cursor_value_bytes_max) {
    return fail(Code::field_too_long, "the position is too long", "/value");
  }
  Cursor cursor = find_cursor(context.store, name).value_or(Cursor());
  if (const Result<void> matched = check_match(body, cursor.version); !matched) {
    return tl::unexpected<Problem>(matched.error());
  }
  cursor = {*value, cursor.version + 1, to_rfc3339(context.now)};
  const Json rendered = render(name, cursor);
  context.store.put_meta(meta_name(name), to_wire(rendered));
  return rendered;
}

}  // namespace truce
