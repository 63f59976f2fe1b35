#include "engine/infer/links.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/core/normalize/text.h"
#include "engine/infer/bounds.h"

namespace truce::infer {

namespace {

constexpr double unique_enough = 0.9;
constexpr double overlap_enough = 0.02;
constexpr std::size_t few_links = 3;  // fewer may be chance, but for addresses

bool is_address(FieldType type) { return type == FieldType::url || type == FieldType::domain; }

bool compare(const ColumnType& a, const ColumnType& b) {
  return a.is_known && b.is_known &&
         (a.type == b.type || (is_address(a.type) && is_address(b.type)));
}

bool has_long_values(const Column& column) {
  constexpr std::size_t long_enough = 5;
  return std::all_of(column.cells.begin(), column.cells.end(), [](const Cell& cell) {
    return trimmed(scalar_text(*cell.node).value_or("")).size() >= long_enough;
  });
}

// How well a column's type tells things apart; 0: not at all.
int strength(const Column& column) {
  switch (column.type.type) {
    case FieldType::email:
      return 4;
    case FieldType::phone:
    case FieldType::url:
    case FieldType::domain:
      return 2;
    case FieldType::text:
    case FieldType::integer:
      return has_long_values(column) ? 2 : 0;
    default:
      return 0;
  }
}

bool can_be_key(const Described& side, std::size_t column) {
  const Column& candidate = side.table.columns[column];
  const Role role = side.roles.of[column];
  return (role == Role::field || role == Role::reference) && !candidate.cells.empty() &&
         candidate.uniqueness() >= unique_enough && strength(candidate) > 0;
}

// The records of a column whose value no other record has.
std::map<std::uint64_t, std::uint32_t> owners_of(const Column& column) {
  std::map<std::uint64_t, std::uint32_t> owners;
  std::map<std::uint64_t, std::size_t> count;
  for (std::size_t i = 0; i < column.cells.size(); ++i) {
    if (column.keys[i] == 0) continue;
    owners[column.keys[i]] = column.cells[i].record;
    ++count[column.keys[i]];
  }
  for (const auto& [key, times] : count) {
    if (times > 1) owners.erase(key);
  }
  return owners;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> linked(const Column& a, const Column& b) {
  const auto first = owners_of(a);
  const auto second = owners_of(b);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> records;
  for (const auto& [key, record] : first) {
    const auto other = second.find(key);
    if (other != second.end()) records.emplace_back(record, other->second);
  }
  std::sort(records.begin(), records.end());
  if (records.size() > linked_records_max) records.resize(linked_records_max);
  return records;
}

std::size_t count_until(const std::vector<std::uint64_t>& sketch, std::uint64_t last) {
  return static_cast<std::size_t>(std::upper_bound(sketch.begin(), sketch.end(), last) -
                                  sketch.begin());
}

}  // namespace

std::optional<double> overlap(const Column& a, const Column& b) {
  if (a.sketch.empty() || b.sketch.empty() || !compare(a.type, b.type)) return std::nullopt;
  // Both are whole up to the last hash of the one that was cut.
  std::uint64_t last = UINT64_MAX;
  for (const Column* column : {&a, &b}) {
    if (column->sketch_is_cut) last = std::min(last, column->sketch.back());
  }
  const std::size_t least = std::min(count_until(a.sketch, last), count_until(b.sketch, last));
  if (least == 0) return 0.0;
  std::size_t shared = 0;
  for (auto one = a.sketch.begin(), other = b.sketch.begin();
       one != a.sketch.end() && other != b.sketch.end() && *one <= last && *other <= last;) {
    if (*one == *other) ++shared;
    const bool first_is_less = *one < *other;
    const bool second_is_less = *other < *one;
    if (!second_is_less) ++one;
    if (!first_is_less) ++other;
  }
  return static_cast<double>(shared) / static_cast<double>(least);
}

Links link_records(const Described& first, const Described& second) {
  std::vector<std::size_t> second_keys;
  for (std::size_t j = 0; j < second.table.columns.size(); ++j) {
    if (can_be_key(second, j)) second_keys.push_back(j);
  }
  Links best;
  auto best_rank = std::tuple(0, std::size_t{0}, 0.0);
  for (std::size_t i = 0; i < first.table.columns.size(); ++i) {
    if (!can_be_key(first, i)) continue;
    const Column& a = first.table.columns[i];
    for (const std::size_t j : second_keys) {
      const Column& b = second.table.columns[j];
      const std::optional<double> shared = overlap(a, b);
      if (!shared || *shared < overlap_enough) continue;
      const auto hopes = std::tuple(strength(a), SIZE_MAX, 0.0);
      if (hopes <= best_rank) continue;
      auto records = linked(a, b);
      if (records.size() < (a.type.type == FieldType::email ? 1 : few_links)) continue;
      const auto rank = std::tuple(strength(a), records.size(),
                                   similarity(first.roles.names[i], second.roles.names[j]));
      if (rank <= best_rank) continue;
      best_rank = rank;
      best = Links{i, j, std::move(records)};
    }
  }
  return best;
}

}  // namespace truce::infer
