// Tests carry the numbers of what they hold to: rows of bad input ("row 24", "rows 84 and 86",
// "[row 117]") and edge cases ("E25"). Whatever has no test stands in a list with its reason.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/house/files.h"

namespace {

namespace fs = std::filesystem;

const fs::path tests_folder = fs::path(TRUCE_SOURCE_DIR) / "tests";

using Numbers = std::set<int>;

using truce::house::all_matches;
using truce::house::text_of;

// "1", "34 and 35", "52, 53 and 56", "57 to 63", "33 to E41"
void add_numbers(const std::string& words, Numbers& numbers) {
  static const std::regex range(R"((\d+)(?: to E?(\d+))?)");
  for (std::sregex_iterator at(words.begin(), words.end(), range), end; at != end; ++at) {
    const int first = std::stoi((*at)[1]);
    const int last = (*at)[2].matched ? std::stoi((*at)[2]) : first;
    for (int number = first; number <= last; ++number) numbers.insert(number);
  }
}

std::vector<std::string> test_names() {
  static const std::regex name_of_test(R"re(TEST_CASE\(\s*"((?:[^"\\]|\\.)*)")re");
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(tests_folder)) {
    if (entry.path().extension() != ".cc") continue;
    for (std::string& name : all_matches(text_of(entry.path()), name_of_test)) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

Numbers rows_in_tests() {
  static const std::regex rows(R"(\brows? ((?:\d+|, | and | to )+))");
  Numbers numbers;
  for (const std::string& name : test_names()) {
    for (const std::string& words : all_matches(name, rows)) add_numbers(words, numbers);
  }
  for (const auto& entry : fs::directory_iterator(tests_folder / "unit/policy/bad")) {
    for (const std::string& words : all_matches(text_of(entry.path()), rows)) {
      add_numbers(words, numbers);
    }
  }
  return numbers;
}

Numbers edge_cases_in_tests() {
  static const std::regex edge_case(R"(\bE(\d+)\b)");
  Numbers numbers;
  for (const std::string& name : test_names()) {
    for (const std::string& words : all_matches(name, edge_case)) add_numbers(words, numbers);
  }
  return numbers;
}

// The first column of the table behind the heading.
Numbers listed_under(const std::string& heading, const char* list) {
  std::string text = text_of(tests_folder / list);
  const std::size_t begin = text.find("\n## " + heading + "\n");
  REQUIRE(begin != std::string::npos);
  text = text.substr(begin + 1);
  text = text.substr(0, text.find("\n## "));
  static const std::regex first_column(R"(\n\| E?(\d[^|]*) \|)");
  Numbers numbers;
  for (const std::string& words : all_matches(text, first_column)) add_numbers(words, numbers);
  return numbers;
}

std::string text_of(const Numbers& numbers) {
  std::string text;
  for (const int number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

void each_is_tested_or_waits(int last, const Numbers& tested, const Numbers& waiting) {
  Numbers missing, both;
  for (int number = 1; number <= last; ++number) {
    if (!tested.contains(number) && !waiting.contains(number)) missing.insert(number);
    if (tested.contains(number) && waiting.contains(number)) both.insert(number);
  }
  CHECK(text_of(missing) == "");
  CHECK(text_of(both) == "");
  CHECK(*tested.rbegin() <= last);
  CHECK(!waiting.empty());
}

}  // namespace

TEST_CASE("every row of the table of bad input has a test, or a reason to wait") {
  each_is_tested_or_waits(122, rows_in_tests(), listed_under("Rows that wait", "bad_input.md"));
}

TEST_CASE("a row where the product differs from the table is tested all the same") {
  const Numbers tested = rows_in_tests();
  for (const int row :
       listed_under("Rows that ask for something else than the product does", "bad_input.md")) {
    INFO(row);
    CHECK(tested.contains(row));
  }
}

TEST_CASE("every edge case has a test, or a reason to wait") {
  each_is_tested_or_waits(90, edge_cases_in_tests(),
                          listed_under("Cases that wait", "edge_cases.md"));
}
