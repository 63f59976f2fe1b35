// The example policies beside the tests: good/ (no findings), warned/ (one kind of warning) and
// bad/ (one kind of error). The first line of the latter two says what is expected:
//   // expect CODE at POINTER (linter only) [row N of the table of bad input]
// "linter only" marks what a JSON Schema cannot see.
#pragma once

#include <string>
#include <vector>

namespace truce::test {

struct ExampleFile {
  std::string name;  // "bad/unknown_rule.json"
  std::string text;
  std::string code;  // empty for good ones
  std::string pointer;
  bool linter_only = false;
};

std::string read_project_file(const std::string& path);  // relative to the project; fails the test
std::vector<ExampleFile> example_files(const std::string& kind);  // sorted by name; never none
std::vector<std::string> shipped_policies();  // paths of workflows/policies/*.json

}  // namespace truce::test
