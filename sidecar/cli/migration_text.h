// A migration in words.
#pragma once

#include <string>

#include "engine/core/model/json.h"

namespace truce::cli {

// Of what /v1/migrations answers to `plan`; `has_records`: its counts mean something.
std::string plan_lines(const Json& plan, bool has_records);
// True where it is refused, or values are lost or cannot be turned back.
bool loses_something(const Json& plan);
std::string state_lines(const Json& migration);
std::string progress_line(const Json& migration);

}  // namespace truce::cli
