// The bounds within which the policy's regular expressions run. RE2 is linear in the text, so these
// keep the program and the text small.
#pragma once

#include <re2/re2.h>

#include <cstddef>
#include <optional>
#include <string>

namespace truce {

inline constexpr std::size_t pattern_bytes_max = 1'000;
inline constexpr int pattern_program_max = 5'000;
inline constexpr std::size_t pattern_text_bytes_max = 64 * 1024;  // longer text matches nothing

// Options for every RE2 of the policy: 1 MiB, quiet, UTF-8, no captures.
RE2::Options pattern_options();

// Why `pattern` cannot be used, in RE2's words where it is RE2 that refuses; nullopt when it can.
std::optional<std::string> refusal_of_pattern(const std::string& pattern);

}  // namespace truce
