// The kinds of body that are read here.
#pragma once

#include <optional>
#include <string_view>

namespace truce {

enum class MediaType { none, json, ndjson };  // none: there is no body

// "application/json" or "application/x-ndjson", in any case, with no parameter but charset=utf-8.
// Anything else: nullopt. (A browser sends text/plain and forms across sites without asking first.)
std::optional<MediaType> parse_media_type(std::string_view content_type);

}  // namespace truce
