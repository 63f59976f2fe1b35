// A table of text, its columns as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

namespace truce::bench {

class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // The first column is set left, the others right.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the head first; all of its length or shorter
};

// 12345.6 with no decimals is "12,346".
std::string shown_number(double number, int decimals);

}  // namespace truce::bench
