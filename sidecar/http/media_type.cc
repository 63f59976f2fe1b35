#include "sidecar/http/media_type.h"

#include "sidecar/http/ascii.h"

namespace truce {
namespace {

bool is_utf8_parameter(std::string_view parameter) {
  using ascii::equal_ignoring_case;
  return equal_ignoring_case(parameter, "charset=utf-8") ||
         equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

}  // namespace

std::optional<MediaType> parse_media_type(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  if (semicolon != std::string_view::npos &&
      !is_utf8_parameter(ascii::trim_blanks(content_type.substr(semicolon + 1)))) {
    return std::nullopt;
  }
  const auto name = ascii::trim_blanks(content_type.substr(0, semicolon));
  if (ascii::equal_ignoring_case(name, "application/json")) return MediaType::json;
  if (ascii::equal_ignoring_case(name, "application/x-ndjson")) return MediaType::ndjson;
  return std::nullopt;
}

}  // namespace truce
