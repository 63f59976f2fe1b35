// Records as columns: every place in them that a policy's path can name, with its values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/policy/policy.h"
#include "engine/infer/sample.h"

namespace truce::infer {

struct Cell {
  std::uint32_t record = 0;
  const Json* node = nullptr;  // into the sample's records
};

// What the values look like; see value_type.h.
struct ColumnType {
  FieldType type = FieldType::text;
  bool is_known = false;  // false: there is no value to tell it by
  std::optional<std::string> split;
  std::optional<std::string> element;
  std::optional<std::string> format;
  bool lacks_offset = false;  // times without an offset from UTC
  double readable = 1.0;      // share of the values that are of this type
};

struct Column {
  Path path;
  std::optional<std::string> element;  // a list of objects, of which this member counts
  std::vector<Cell> cells;             // not blank; by record
  ColumnType type;
  std::vector<std::uint64_t> keys;    // one a cell: a hash of the value as it is compared
  std::vector<std::uint64_t> sketch;  // the least hashes of its values (of a set: elements)
  bool sketch_is_cut = false;         // there are more
  std::size_t distinct = 0;

  // Of the filled cells, how many hold a value that no other holds. 1 when nothing is filled.
  double uniqueness() const;
  double filled(std::size_t records) const;
  // The key of a record's cell; 0 where it is blank.
  std::uint64_t key_of(std::uint32_t record) const;
  const Json* value_of(std::uint32_t record) const;  // nullptr where it is blank
};

struct Table {
  const SystemSample* sample = nullptr;
  std::vector<Column> columns;  // by path
  std::size_t columns_left_out = 0;
  std::size_t unnamed = 0;  // places that no path can name

  std::size_t records() const { return sample->records.size(); }
  const SystemName& system() const { return sample->name; }
};

// Columns without type, keys and sketch. The sample must outlive the table and keep its records.
Table columns_of(const SystemSample& sample);

// True where one path leads through what the other names, so that both cannot be written.
bool overlaps(const Path& a, const Path& b);

}  // namespace truce::infer
