// The example policies, each through the parser and the linter.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "engine/core/policy/parse_policy.h"
#include "engine/core/policy/source_text.h"
#include "tests/unit/policy/example_files.h"

namespace truce::test {
namespace {

std::string rendered(const PolicyReading& reading) {
  std::string all;
  for (const Finding& finding : reading.findings) all += render_finding(finding) + "\n";
  return all;
}

std::size_t lines_in(const std::string& text) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// Held for every finding of every example.
void check_finding(const std::string& text, const Finding& finding) {
  INFO(render_finding(finding));
  CHECK(finding.line >= 1);
  CHECK(finding.line <= lines_in(text));
  CHECK(finding.column >= 1);
  CHECK_FALSE(finding.message.empty());
  const auto root = policy_file::read_source(text);
  REQUIRE(root);
  CHECK(to_json(*root).contains(Json::json_pointer(finding.pointer)));
}

}  // namespace

TEST_CASE("a good policy has no findings") {
  for (const ExampleFile& file : example_files("good")) {
    const PolicyReading reading = parse_policy(file.text);
    INFO(file.name << "\n" << rendered(reading));
    CHECK(reading.policy);
    CHECK(reading.findings.empty());
  }
}

TEST_CASE("a bad policy is refused with its code at its place, and with nothing else") {
  for (const ExampleFile& file : example_files("bad")) {
    const PolicyReading reading = parse_policy(file.text);
    INFO(file.name << "\n" << rendered(reading));
    CHECK_FALSE(reading.policy);
    const Finding* first = nullptr;
    for (const Finding& finding : reading.findings) {
      check_finding(file.text, finding);
      if (finding.severity == Finding::Severity::warning) continue;
      if (first == nullptr) first = &finding;
      CHECK(to_string(finding.code) == file.code);
    }
    REQUIRE(first != nullptr);
    CHECK(first->pointer == file.pointer);
  }
}

TEST_CASE("a warned policy works and says what is likely wrong, and nothing else") {
  for (const ExampleFile& file : example_files("warned")) {
    const PolicyReading reading = parse_policy(file.text);
    INFO(file.name << "\n" << rendered(reading));
    CHECK(reading.policy);
    REQUIRE_FALSE(reading.findings.empty());
    CHECK(reading.findings.front().pointer == file.pointer);
    for (const Finding& finding : reading.findings) {
      check_finding(file.text, finding);
      CHECK(finding.severity == Finding::Severity::warning);
      CHECK(to_string(finding.code) == file.code);
      CHECK_FALSE(finding.mend.empty());
    }
  }
}

TEST_CASE("the policies that are shipped can be used") {
  for (const std::string& path : shipped_policies()) {
    const PolicyReading reading = parse_policy(read_project_file(path));
    INFO(path << "\n" << rendered(reading));
    CHECK(reading.policy);
  }
}

TEST_CASE("the demo policy has no findings and uses every rule") {
  const PolicyReading reading = parse_policy(read_project_file("workflows/policies/demo.json"));
  INFO(rendered(reading));
  REQUIRE(reading.policy);
  CHECK(reading.findings.empty());
  std::set<Rule> rules;
  for (const auto& [name, field] : reading.policy->entities.at(EntityName("contact")).fields) {
    CHECK(field.rule_given);
    rules.insert(field.rule);
  }
  CHECK(rules.size() == 8);
}

}  // namespace truce::test
