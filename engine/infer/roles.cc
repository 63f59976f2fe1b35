#include "engine/infer/roles.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "engine/infer/value_shapes.h"

namespace truce::infer {

namespace {

std::string text_of(const Cell& cell) { return scalar_text(*cell.node).value_or(""); }

bool is_in_every_record(const Table& table, const Column& column) {
  return column.cells.size() == table.records() &&
         std::none_of(column.cells.begin(), column.cells.end(),
                      [](const Cell& cell) { return text_of(cell).empty(); });
}

// How much a name looks like that of the record's own id; 0: not at all.
int id_rank(const Column& column) {
  if (column.path.steps.size() != 1 || column.path.steps[0].kind != PathStep::Kind::member) {
    return 0;
  }
  constexpr std::array names = {"id", "Id", "ID", "_id", "uuid", "guid", "vid", "key"};
  const std::string& name = column.path.steps[0].member;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name == names[i]) return static_cast<int>(100 - i);
  }
  const bool ends_so = name.ends_with("_id") || name.ends_with("Id") || name.ends_with("ID");
  return ends_so ? 1 : 0;
}

bool is_never_twice(const Column& column) {
  std::set<std::string> texts;
  for (const Cell& cell : column.cells) texts.insert(text_of(cell));
  return texts.size() == column.cells.size();
}

std::optional<std::size_t> modified_column(const Table& table, const Roles& roles) {
  std::optional<std::size_t> best;
  const auto rank = [&](std::size_t i) {
    const Column& column = table.columns[i];
    // Salesforce's SystemModstamp also moves where no person changed anything.
    const bool is_system = roles.names[i].has("system");
    const bool is_property = column.path.spelling.starts_with("properties.");
    return std::tuple(column.cells.size(), is_system, is_property);
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool is_time =
        table.columns[i].type.is_known && (table.columns[i].type.type == FieldType::instant ||
                                           table.columns[i].type.type == FieldType::date);
    if (!is_time || !roles.names[i].is("modified")) continue;
    if (!best || rank(i) > rank(*best)) best = i;
  }
  return best;
}

// The same values in the same records.
std::uint64_t content_hash(const Column& column) {
  std::string content = std::to_string(static_cast<int>(column.type.type));
  for (std::size_t i = 0; i < column.cells.size(); ++i) {
    content += ' ' + std::to_string(column.cells[i].record) + ':' + std::to_string(column.keys[i]);
  }
  return key_hash(content);
}

bool is_better_name(const Column& a, const Column& b) {
  const auto rank = [](const Column& column) {
    // Pipedrive's "primary_email" repeats the list, and the list is what can be written.
    const bool is_in_list = column.path.spelling.find("[primary=true]") != std::string::npos;
    const bool is_property = column.path.spelling.starts_with("properties.");
    return std::tuple(!is_in_list, !is_property, column.path.spelling.size());
  };
  return rank(a) < rank(b);
}

// A copy of the id, of the time of change, or of a column that is called alike.
void mark_copies(const Table& table, Roles& roles) {
  std::map<std::uint64_t, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!table.columns[i].cells.empty()) groups[content_hash(table.columns[i])].push_back(i);
  }
  for (auto& [hash, group] : groups) {
    std::stable_sort(group.begin(), group.end(), [&](std::size_t a, std::size_t b) {
      const bool first = roles.of[a] == Role::id || roles.of[a] == Role::modified;
      const bool second = roles.of[b] == Role::id || roles.of[b] == Role::modified;
      if (first != second) return first;
      return is_better_name(table.columns[a], table.columns[b]);
    });
    const std::size_t original = group.front();
    for (std::size_t i = 1; i < group.size(); ++i) {
      const std::size_t copy = group[i];
      const bool tells = table.columns[copy].distinct > 1;
      const bool alike = similarity(roles.names[original], roles.names[copy]) >= 0.5;
      if (roles.of[copy] != Role::field ||
          !(alike || (tells && roles.of[original] != Role::field))) {
        continue;
      }
      roles.of[copy] = Role::copy;
      roles.copy_of[copy] = original;
    }
  }
}

// An address that holds the record's own id: a page or a call, no website.
bool is_own_link(const Table& table, const Column& column, const Column& id) {
  if (column.type.type != FieldType::url || column.cells.empty()) return false;
  return std::all_of(column.cells.begin(), column.cells.end(),
                     [&](const Cell& cell) {
                       const Json* own = id.value_of(cell.record);
                       const auto text = own == nullptr ? std::nullopt : scalar_text(*own);
                       return text && !text->empty() &&
                              text_of(cell).find(*text) != std::string::npos;
                     }) &&
         table.records() > 0;
}

bool is_reference(const ColumnName& name) {
  if (name.words.empty() || name.is("external_id") || name.is("customer_number")) return false;
  const std::string& last = name.words.back();
  return last == "id" || last == "ids" || last == "uuid" || last == "guid";
}

}  // namespace

std::optional<std::size_t> id_column(const Table& table) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const int rank = id_rank(table.columns[i]);
    if (rank == 0 || !is_in_every_record(table, table.columns[i])) continue;
    if (rank == 1 && (table.records() < 2 || !is_never_twice(table.columns[i]))) continue;
    if (!best || rank > id_rank(table.columns[*best])) best = i;
  }
  return best;
}

Roles roles_of(const Table& table) {
  Roles roles;
  roles.of.assign(table.columns.size(), Role::field);
  roles.copy_of.assign(table.columns.size(), 0);
  for (const Column& column : table.columns) roles.names.push_back(name_of(column.path));
  roles.id = id_column(table);
  roles.modified = modified_column(table, roles);
  if (roles.id) roles.of[*roles.id] = Role::id;
  if (roles.modified) roles.of[*roles.modified] = Role::modified;
  mark_copies(table, roles);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (roles.of[i] != Role::field) continue;
    const Column& column = table.columns[i];
    constexpr double readable_min = 0.5;
    if (column.type.is_known && column.type.readable < readable_min) {
      roles.of[i] = Role::unreadable;
    } else if (roles.id && is_own_link(table, column, table.columns[*roles.id])) {
      roles.of[i] = Role::link;
    } else if (roles.names[i].has("deleted") || roles.names[i].has("archived")) {
      roles.of[i] = Role::deletion;
    } else if (is_reference(roles.names[i])) {
      roles.of[i] = Role::reference;
    } else if (roles.names[i].is("modified")) {
      roles.of[i] = roles.modified ? Role::copy : Role::field;
      if (roles.modified) roles.copy_of[i] = *roles.modified;
    }
  }
  return roles;
}

}  // namespace truce::infer
