// The bounds of a seed on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

namespace truce::cli {

// As far as every reader of the JSON keeps the digits; the seeds behind it are within 64 bits. Read
// as signed: unsigned, a "-1" is the greatest number.
inline CLI::Range seed_range() { return {std::int64_t{0}, (std::int64_t{1} << 53) - 1}; }

}  // namespace truce::cli
