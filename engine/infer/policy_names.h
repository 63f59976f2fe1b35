// Names as a policy takes them: a letter, then letters, digits, `_` or `-`, at most 64.
#pragma once

#include <string>
#include <string_view>

namespace truce::infer {

bool is_policy_name(std::string_view text);

// What is left of `text` as a name, with `_` for what a name cannot have; empty: nothing.
std::string policy_name(std::string_view text);

}  // namespace truce::infer
