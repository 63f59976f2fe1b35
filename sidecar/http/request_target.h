// Paths and queries, decoded once and strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sidecar/http/refusal.h"

namespace truce {

// Names and values, decoded; no name twice.
using Parameters = std::vector<std::pair<std::string, std::string>>;
std::optional<std::string_view> find_parameter(const Parameters& parameters, std::string_view name);

struct RequestTarget {
  std::vector<std::string> segments;  // "/v1/events" -> "v1", "events"; "/" -> ""
  Parameters query;
};

// `target` begins with '/'. Refused: bad-path for a bad %XX, text that is no UTF-8, and NUL in the
// query; duplicate-parameter; not-found for a path with "." or ".." segments, backslashes or
// control characters, which name nothing here whatever they would mean elsewhere. In the query '+'
// is a space and only the first '=' of a parameter separates.
tl::expected<RequestTarget, Refusal> parse_target(std::string_view target);

}  // namespace truce
