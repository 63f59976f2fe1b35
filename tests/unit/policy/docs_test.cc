// docs/policy.md against the schema and the parser.
#include <catch2/catch.hpp>

#include "engine/core/policy/parse_policy.h"
#include "tests/unit/policy/example_files.h"

namespace truce::test {
namespace {

// The first block of lines that are indented by four blanks, behind the heading.
std::string code_block_behind(const std::string& page, const std::string& heading) {
  std::size_t at = page.find("\n    ", page.find(heading));
  std::string block;
  while (at != std::string::npos && page.compare(at, 5, "\n    ") == 0) {
    const std::size_t end = page.find('\n', at + 1);
    block += page.substr(at + 5, end - at - 5) + "\n";
    at = end;
  }
  return block;
}

}  // namespace

TEST_CASE("every key of the schema stands in the manual") {
  const std::string page = read_project_file("docs/policy.md");
  const auto schema = parse_json(read_project_file("docs/policy.schema.json"));
  REQUIRE(schema);
  for (const char* pointer : {"/properties", "/$defs/system/properties", "/$defs/entity/properties",
                              "/$defs/field/properties", "/$defs/map_entry/oneOf/1/properties",
                              "/$defs/thresholds/properties", "/properties/sla/properties"}) {
    for (const auto& [key, unused] : schema->at(Json::json_pointer(pointer)).items()) {
      INFO(pointer << "/" << key);
      CHECK(page.find("`" + key) != std::string::npos);
    }
  }
}

TEST_CASE("the manual's smallest policy works as it stands") {
  const std::string page = read_project_file("docs/policy.md");
  const PolicyReading reading = parse_policy(code_block_behind(page, "## The smallest policy"));
  for (const Finding& finding : reading.findings) UNSCOPED_INFO(render_finding(finding));
  CHECK(reading.policy);
  CHECK(reading.findings.empty());
}

}  // namespace truce::test
