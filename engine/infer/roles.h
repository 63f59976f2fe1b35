// What a system's columns are for: its record's id and time of change, copies of others, links to
// other records, or fields.
#pragma once

#include <optional>
#include <vector>

#include "engine/infer/column.h"
#include "engine/infer/words.h"

namespace truce::infer {

enum class Role { field, id, modified, copy, link, reference, deletion, unreadable };

struct Roles {
  std::vector<ColumnName> names;     // one a column
  std::vector<Role> of;              // one a column
  std::vector<std::size_t> copy_of;  // one a column; of a copy: the column it repeats
  std::optional<std::size_t> id;
  std::optional<std::size_t> modified;
};

// The id: at the top, called so, in every record and never twice. The time of change: the fullest
// time that is called so.
Roles roles_of(const Table& table);

// The column of the id before anything else is known of the table; see roles_of.
std::optional<std::size_t> id_column(const Table& table);

}  // namespace truce::infer
