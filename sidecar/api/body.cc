#include "sidecar/api/body.h"

namespace truce::api {

std::optional<LargeBodies::Slot> LargeBodies::enter(std::size_t body_bytes) {
  if (body_bytes < large_body_bytes) return Slot();
  Slot slot(&taken_);
  if (++taken_ > large_bodies_max) return std::nullopt;
  return slot;
}

Result<Json> read_body(const HttpRequest& request) {
  if (request.media_type == MediaType::ndjson) {
    return fail(Code::schema, "one JSON document is expected, not lines of them");
  }
  return parse_json(request.body);
}

Result<Json> read_object(const HttpRequest& request) {
  Result<Json> body = read_body(request);
  if (body && !body->is_object()) return fail(Code::schema, "an object is expected");
  return body;
}

Result<Json> read_optional_object(const HttpRequest& request) {
  if (request.body.empty()) return Json::object();
  return read_object(request);
}

}  // namespace truce::api
