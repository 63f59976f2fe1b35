#include "engine/infer/column.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "engine/core/normalize/blank.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/policy/parse_policy.h"
#include "engine/infer/bounds.h"
#include "engine/infer/places.h"

namespace truce::infer {

namespace {

constexpr std::size_t path_bytes_max = 200;  // what a policy's texts may have

const Cell* cell_of(const std::vector<Cell>& cells, std::uint32_t record) {
  const auto at =
      std::lower_bound(cells.begin(), cells.end(), record,
                       [](const Cell& cell, std::uint32_t wanted) { return cell.record < wanted; });
  return at == cells.end() || at->record != record ? nullptr : &*at;
}

// Every place of every record, by its spelling; the path is read back to be sure that it leads
// there.
class Gatherer {
 public:
  explicit Gatherer(Table& table) : table_(table) {}

  void gather() {
    const std::vector<Json>& records = table_.sample->records;
    for (std::uint32_t i = 0; i < records.size(); ++i) {
      for_each_place(records[i], [&](const Place& place) { take(i, place); });
    }
    drop_containers();
    table_.unnamed = unnamed_.size();
    table_.columns_left_out = left_out_.size();
    for (auto& [spelling, column] : columns_) table_.columns.push_back(std::move(column));
  }

 private:
  void take(std::uint32_t record, const Place& place) {
    Column* column = column_at(place);
    if (column == nullptr) return;
    if (read_path(table_.sample->records[record], column->path) != place.node) return;
    if (place.element && !column->element) column->element = place.element;
    if (!says_no_value(*place.node)) column->cells.push_back({record, place.node});
  }

  Column* column_at(const Place& place) {
    const auto known = columns_.find(place.spelling);
    if (known != columns_.end()) return &known->second;
    if (unnamed_.contains(place.spelling) || left_out_.contains(place.spelling)) return nullptr;
    Result<Path> path = parse_path(place.spelling);
    if (!path || place.spelling.size() > path_bytes_max) {
      note(unnamed_, place.spelling);
      return nullptr;
    }
    if (columns_.size() == columns_max) {
      note(left_out_, place.spelling);
      return nullptr;
    }
    Column& column = columns_[place.spelling];
    column.path = *std::move(path);
    return &column;
  }

  // Only counted, so beyond this many it does not matter which they are.
  static void note(std::map<std::string, bool>& places, const std::string& spelling) {
    constexpr std::size_t noted_max = 100'000;
    if (places.size() < noted_max) places.emplace(spelling, true);
  }

  // "owner" is null in one record and an object in another: then its members are the columns.
  void drop_containers() {
    for (auto column = columns_.begin(); column != columns_.end();) {
      const bool is_container = column->second.cells.empty() && has_members(column->first);
      column = is_container ? columns_.erase(column) : std::next(column);
    }
  }

  bool has_members(const std::string& spelling) const {
    const auto leads = [&](char behind) {
      const auto next = columns_.lower_bound(spelling + behind);
      return next != columns_.end() && next->first.starts_with(spelling + behind);
    };
    return leads('.') || leads('[') || leads('/');
  }

  Table& table_;
  std::map<std::string, Column> columns_;
  std::map<std::string, bool> unnamed_;
  std::map<std::string, bool> left_out_;
};

bool same_step(const PathStep& a, const PathStep& b) {
  return std::tie(a.kind, a.member, a.index, a.equals) ==
         std::tie(b.kind, b.member, b.index, b.equals);
}

}  // namespace

double Column::uniqueness() const {
  return cells.empty() ? 1.0 : static_cast<double>(distinct) / static_cast<double>(cells.size());
}

double Column::filled(std::size_t records) const {
  return records == 0 ? 0.0 : static_cast<double>(cells.size()) / static_cast<double>(records);
}

std::uint64_t Column::key_of(std::uint32_t record) const {
  const Cell* cell = cell_of(cells, record);
  return cell == nullptr ? 0 : keys[static_cast<std::size_t>(cell - cells.data())];
}

const Json* Column::value_of(std::uint32_t record) const {
  const Cell* cell = cell_of(cells, record);
  return cell == nullptr ? nullptr : cell->node;
}

Table columns_of(const SystemSample& sample) {
  Table table;
  table.sample = &sample;
  Gatherer(table).gather();
  return table;
}

bool overlaps(const Path& a, const Path& b) {
  const std::size_t length = std::min(a.steps.size(), b.steps.size());
  return std::equal(a.steps.begin(), a.steps.begin() + static_cast<std::ptrdiff_t>(length),
                    b.steps.begin(), same_step);
}

}  // namespace truce::infer
