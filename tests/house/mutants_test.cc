// The list of deliberate bugs does not rot: every one still finds its place in the engine, and
// docs/mutants.md tells of just these.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "tests/house/files.h"

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const fs::path root = TRUCE_SOURCE_DIR;

using truce::house::text_of;

// Runs of white space are all alike, as for tests/mutants/mutate.mjs.
std::string with_single_spaces(const std::string& text) {
  std::istringstream words(text);
  std::string all;
  for (std::string word; words >> word;) all += (all.empty() ? "" : " ") + word;
  return all;
}

std::string without(std::string text, const std::string& mark) {
  const std::size_t found = text.find(mark);
  if (found != std::string::npos) text.erase(found, mark.size());
  return text;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

json all_mutants() {
  return json::parse(text_of(root / "tests/mutants/mutants.json")).at("mutants");
}

}  // namespace

TEST_CASE("every mutant's original stands exactly once in its file") {
  const json mutants = all_mutants();
  CHECK(mutants.size() >= 25);
  std::set<std::string> names;
  for (const json& mutant : mutants) {
    const std::string name = mutant.at("name");
    const std::string file = mutant.at("file");
    const std::string was = mutant.at("was");
    INFO(name);
    CHECK(names.insert(name).second);
    CHECK_FALSE(mutant.at("breaks").get<std::string>().empty());
    // A header would be compiled into everything.
    CHECK(fs::path(file).extension() == ".cc");
    CHECK(count_of(was, "«") == 1);
    CHECK(count_of(was, "»") == 1);
    const std::string original = with_single_spaces(without(without(was, "«"), "»"));
    CHECK(count_of(with_single_spaces(text_of(root / file)), original) == 1);
  }
}

TEST_CASE("docs/mutants.md has every mutant, and none survives") {
  const std::string page = text_of(root / "docs/mutants.md");
  const json mutants = all_mutants();
  for (const json& mutant : mutants) {
    const std::string row = "| `" + mutant.at("name").get<std::string>() + "` | " +
                            mutant.at("breaks").get<std::string>() + " |";
    INFO(row);
    CHECK(count_of(page, row) == 1);
  }
  CHECK(count_of(page, "\n| `") == mutants.size());
  CHECK(count_of(page, "**survives**") == 0);
}
