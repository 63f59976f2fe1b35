#pragma once

#include <string>
#include <string_view>

namespace truce {

// The character of "amp", "#38", "#x26" (without & and ;) in UTF-8; empty when there is none such.
// Known names: those of HTML 4's Latin-1 set and its common punctuation.
std::string character_of_entity(std::string_view name);

}  // namespace truce
