// The words of the policy file for the enums of policy.h, as lists: for messages, for the schema's
// test and for "did you mean".
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce {

// Every word of the enum, in the order of its declaration.
template <class Enum>
std::vector<std::string_view> words_of();

}  // namespace truce
