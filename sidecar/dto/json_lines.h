// Lines of JSON, one document each.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/core/model/json.h"

namespace truce {

// Calls take(Json) -> Result<void> for each line that is not empty. The first line that is no JSON
// or is not taken is the Problem, which names it.
template <class Take>
Result<void> each_json_line(std::string_view lines, const Take& take) {
  std::size_t line_number = 0;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    Result<Json> item = parse_json(line);
    Result<void> taken = item ? take(*std::move(item)) : tl::unexpected(item.error());
    if (taken) continue;
    Problem problem = taken.error();
    problem.message = "line " + std::to_string(line_number) + ": " + problem.message;
    return tl::unexpected(std::move(problem));
  }
  return {};
}

}  // namespace truce
