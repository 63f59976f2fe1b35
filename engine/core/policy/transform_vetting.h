// Refuses jq programs that reach outside their input, before anything runs them.
//
// The confined child (no environment, no files, CPU, memory and time limits) is what makes
// transforms safe; this makes a policy that could only fail, stall or give another answer tomorrow
// fail at once.
#pragma once

#include <optional>
#include <string>

namespace truce {

// Why the program is refused; nullopt when it may run. Refused: more than 4,096 bytes, nothing but
// white space, brackets or text without an end, nesting deeper than 64, modules (import, include,
// a::b), and what reads or writes anything but its input: $ENV, env, input, inputs, debug, stderr,
// halt, now, …. The names are free as object keys and fields: `.env`, `{input: 1}`.
// Syntax beyond that is left to jq.
std::optional<std::string> refusal_of_program(const std::string& program);

}  // namespace truce
