#include "bench/table.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace truce::bench {

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size() + 2, ' ');
      text += i == 0 ? row[i] + space : space + row[i];
    }
    text += '\n';
    if (&row != &rows_.front()) continue;
    for (std::size_t width : widths) text += std::string(width + 2, '-');
    text += '\n';
  }
  return text;
}

std::string shown_number(double number, int decimals) {
  std::array<char, 64> digits{};
  std::snprintf(digits.data(), digits.size(), "%.*f", decimals, number);
  std::string text = digits.data();
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace truce::bench
