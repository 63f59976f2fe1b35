// The list of promises in docs/store.md: every one has the tests that it says it has.
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/house/files.h"

namespace {

namespace fs = std::filesystem;

const fs::path root = TRUCE_SOURCE_DIR;

using truce::house::text_of;

// "R8" as the beginning of a test's name.
bool has_test_of(const std::string& promise, const std::string& text) {
  for (const char* end : {" ", ": "}) {
    if (text.find('"' + promise + end) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every promise of docs/store.md names its tests, and they name the promise") {
  std::istringstream lines(text_of(root / "docs/store.md"));
  std::set<std::string> promises;
  for (std::string line; std::getline(lines, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, std::regex(R"(\| (R[0-9]+) \|.*\|(.*)\|)"))) continue;
    const std::string promise = row[1];
    promises.insert(promise);
    const std::string files = row[2];
    const std::regex file_pattern("`(tests/[a-z_/]+\\.cc)`");
    std::size_t count = 0;
    for (std::sregex_iterator file(files.begin(), files.end(), file_pattern), end; file != end;
         ++file) {
      ++count;
      const std::string name = (*file)[1];
      INFO(promise << ": " << name);
      CHECK(has_test_of(promise, text_of(root / name)));
    }
    INFO(promise);
    CHECK(count > 0);
  }
  for (int number = 1; number <= 23; ++number) CHECK(promises.count("R" + std::to_string(number)));
  for (const char* later : {"R28", "R29"}) CHECK(promises.count(later));
}
