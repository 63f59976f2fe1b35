// Which records of two samples are one thing, as far as a value that occurs once in each tells.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/infer/roles.h"

namespace truce::infer {

// A system's table with what its columns are for.
struct Described {
  Table table;
  Roles roles;
};

struct Links {
  std::size_t first_key = 0;  // columns whose values are the same in linked records
  std::size_t second_key = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> records;  // at most linked_records_max
};

// By the pair of columns of one type that links the most records; email goes first, and plain
// numbers count only when they are long, because every system counts from 1. No records: the
// samples have none in common.
Links link_records(const Described& first, const Described& second);

// Share of the smaller column's different values that the other has too; from the sketches.
// nullopt where one of them has none, or they are of types that do not compare.
std::optional<double> overlap(const Column& a, const Column& b);

}  // namespace truce::infer
