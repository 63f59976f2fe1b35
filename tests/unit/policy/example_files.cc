#include "tests/unit/policy/example_files.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace truce::test {
namespace {

std::vector<std::string> json_files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(TRUCE_SOURCE_DIR "/" + folder)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  REQUIRE_FALSE(names.empty());
  return names;
}

void read_expectation(ExampleFile& file) {
  constexpr std::string_view front = "// expect ";
  std::string line = file.text.substr(0, file.text.find('\n'));
  INFO(file.name);
  REQUIRE(line.rfind(front, 0) == 0);
  line = line.substr(front.size());
  line = line.substr(0, line.find(" [row"));
  constexpr std::string_view mark = " (linter only)";
  if (const std::size_t at = line.find(mark); at != std::string::npos) {
    file.linter_only = true;
    line = line.substr(0, at);
  }
  const std::size_t at = line.find(" at ");
  REQUIRE(at != std::string::npos);
  file.code = line.substr(0, at);
  file.pointer = line.substr(at + 4);
}

}  // namespace

std::string read_project_file(const std::string& path) {
  std::ifstream file(TRUCE_SOURCE_DIR "/" + path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<ExampleFile> example_files(const std::string& kind) {
  std::vector<ExampleFile> files;
  const std::string folder = "tests/unit/policy/" + kind;
  for (const std::string& name : json_files_in(folder)) {
    ExampleFile file;
    file.name = kind + "/" + name;
    file.text = read_project_file(folder + "/" + name);
    if (kind != "good") read_expectation(file);
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<std::string> shipped_policies() {
  std::vector<std::string> paths;
  for (const std::string& name : json_files_in("workflows/policies")) {
    paths.push_back("workflows/policies/" + name);
  }
  return paths;
}

}  // namespace truce::test
