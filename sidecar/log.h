// The log: one JSON document a line on standard error. Ids always, contents of records never.
#pragma once

#include <optional>
#include <string_view>

#include "engine/core/model/json.h"

namespace truce {

enum class LogLevel { debug, info, warning, error };
std::string_view to_string(LogLevel level);
std::optional<LogLevel> log_level_from(std::string_view word);

// Once, before any thread logs. Lines below `least` are left out.
void start_log(LogLevel least);

// {"at", "level", "event", …fields}. `event` is a constant name ("listening"); `fields` is an
// object. Any thread. Control characters inside fields are escaped: nobody forges a line.
void log_line(LogLevel level, std::string_view event, const Json& fields = Json::object());
// For lines that are costly to make.
bool is_logged(LogLevel level);

}  // namespace truce
