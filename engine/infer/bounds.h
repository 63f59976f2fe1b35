// What is looked at of the samples, at most. Whatever goes beyond is refused or counted and said,
// never passed over in silence.
#pragma once

#include <cstddef>

namespace truce::infer {

inline constexpr std::size_t sample_bytes_max = std::size_t{64} << 20U;  // of one file
inline constexpr std::size_t lines_max = 1'000'000;                      // of one file
inline constexpr std::size_t records_max = 10'000;                       // of one system
inline constexpr std::size_t columns_max = 2'000;                        // of one system
inline constexpr std::size_t flatten_depth_max = 16;                     // members in members
inline constexpr std::size_t systems_max = 16;
inline constexpr std::size_t typed_cells_max = 1'000;   // values that tell a column's type
inline constexpr std::size_t sketch_keys_max = 512;     // values that tell of an overlap
inline constexpr std::size_t sketch_keys_of_wide = 64;  // the same in a table of many columns
inline constexpr std::size_t columns_of_wide = 500;
inline constexpr std::size_t linked_records_max = 500;  // records of two systems compared in pairs
inline constexpr std::size_t fields_max = 300;          // in one proposal
inline constexpr std::size_t options_max = 30;          // of one enum and system
inline constexpr std::size_t unmatched_listed_max = 100;  // of one system

}  // namespace truce::infer
