// docs/correctness.md names files, and tests by their names: they are there.
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/house/files.h"

namespace {

namespace fs = std::filesystem;

const fs::path root = TRUCE_SOURCE_DIR;

using truce::house::all_matches;
using truce::house::text_of;

// `tests/property/order_test.cc` in code spans, with nothing behind it.
std::vector<std::string> files_in(const std::string& text) {
  static const std::regex file("`((?:tests|scripts|docs|workflows|README)[A-Za-z0-9_./-]*)");
  return all_matches(text, file);
}

}  // namespace

TEST_CASE("every file that docs/correctness.md names is there") {
  const std::vector<std::string> files = files_in(text_of(root / "docs/correctness.md"));
  CHECK(files.size() > 40);
  for (const std::string& file : files) {
    INFO(file);
    CHECK(fs::exists(root / file));
  }
}

TEST_CASE("every test that docs/correctness.md names is in a file that its row names") {
  std::istringstream lines(text_of(root / "docs/correctness.md"));
  std::size_t named = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() != '|') continue;
    std::string tests;
    for (const std::string& file : files_in(line)) {
      if (fs::path(file).extension() == ".cc") tests += text_of(root / file);
    }
    for (const std::string& name : all_matches(line, std::regex("“([^”]*)”"))) {
      ++named;
      INFO(name);
      CHECK(tests.find("TEST_CASE(\"" + name + "\")") != std::string::npos);
    }
  }
  CHECK(named >= 6);
}
