// Saved positions of polling workflows, moved by compare-and-set.
#include "engine/app/cursors.h"

#include "sidecar/api/calls.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

std::string name_of(const HttpRequest& request) {
  return std::string(request.path_parameter("name"));
}

Answer get_cursor(Services& services, const HttpRequest& request) {
  return answer_with(services.reads.run(
      [&](Reader& reader) { return read_cursor(reader.store, name_of(request)); }));
}

Answer put_cursor(Services& services, const HttpRequest& request) {
  return write_object(services, request, [&](Context& context, const Json& body) {
    return move_cursor(context, name_of(request), body);
  });
}

}  // namespace

std::vector<Call> cursor_calls(Services& services) {
  return {
      {"GET",
       "/v1/cursors/{name}",
       Scope::ingest,
       "A saved position.",
       {},
       "",
       "Cursor",
       [&services](const HttpRequest& request) { return get_cursor(services, request); }},
      {"PUT",
       "/v1/cursors/{name}",
       Scope::ingest,
       "Saves a position; refused when if_match is not the version that is there.",
       {},
       "CursorBody",
       "Cursor",
       [&services](const HttpRequest& request) { return put_cursor(services, request); }},
  };
}

}  // namespace truce::api
