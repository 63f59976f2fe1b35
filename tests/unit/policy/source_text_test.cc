#include "engine/core/policy/source_text.h"

#include <catch2/catch.hpp>

#include "engine/core/policy/parse_policy.h"

namespace truce::policy_file {
namespace {

struct BadText {
  std::string text;
  std::size_t line;
  std::size_t column;
  std::string message;
};

Finding only_finding(const std::string& text) {
  const PolicyReading reading = parse_policy(text);
  INFO(text);
  CHECK_FALSE(reading.policy);
  REQUIRE(reading.findings.size() == 1);
  return reading.findings.front();
}

}  // namespace

TEST_CASE("a syntax error is named with line and column where a person would look (row 106)") {
  const std::vector<BadText> texts = {
      {"{\n  \"a\": 1,\n}", 2, 9, "a comma stands before the closing }"},
      {"{\"a\": [1, 2,]}", 1, 12, "a comma stands before the closing ]"},
      {"{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3, "a comma or a closing } is missing before this"},
      {"{\"a\" 1}", 1, 6, "a colon is missing behind the key"},
      {"{a: 1}", 1, 2, "a key should stand here"},
      {"{'a': 1}", 1, 2, "a key should stand here"},
      {"{\"a\": 'x'}", 1, 7, "these quotes are not JSON"},
      {"{\"a\": “x”}", 1, 7, "these quotes are not JSON"},
      {"{\"a\": x}", 1, 7, "no value can begin like this"},
      {"{\"a\": }", 1, 7, "a value is missing here"},
      {"{\"a\": 3d}", 1, 7, "a number carries a unit"},
      {"{\"a\": 01}", 1, 7, "this is not a JSON number"},
      {"{\"a\": -}", 1, 7, "this is not a JSON number"},
      {"{\"a\": 1.}", 1, 7, "a digit is missing behind the decimal point"},
      {"{\"a\": 1e}", 1, 7, "a digit is missing in the exponent"},
      {"{\"a\": truely}", 1, 11, "this word is not JSON"},
      {"{\"a\": NaN}", 1, 7, "no value can begin like this"},
      {"# x\n{}", 1, 1, "# begins no comment here"},
      {"{\"a\": /* x }", 1, 7, "this comment has no end"},
      {"{\"a\": \"x\n\"}", 1, 7, "this text has no closing quote"},
      {"{\"a\": \"x", 1, 7, "this text has no closing quote"},
      {"{\"a\": \"\\x\"}", 1, 8, "unknown escape in text"},
      {"{\"a\": \"\\u00g0\"}", 1, 8, "\\u needs four hexadecimal digits"},
      {"{\"a\": \"\\u0000\"}", 1, 8, "text holds NUL"},
      {"{\"a\": \"\\ud800\"}", 1, 8, "half of a surrogate pair"},
      {"{\"a\": \"\\udc00\"}", 1, 8, "half of a surrogate pair"},
      {"{\"a\": \"\\ud800\\u0041\"}", 1, 8, "half of a surrogate pair"},
      {"{\"a\": \"\t\"}", 1, 8, "text holds a control character"},
      {"{\"ä\": 1, \"ö\": ?}", 1, 15, "no value can begin like this"},
      {"{\"a\": 1", 1, 8, "the file ends before a closing }"},
      {"{", 1, 2, "the file ends inside an object"},
      {"{} {}", 1, 4, "the policy ends before this"},
      {"// nothing but a comment", 1, 25, "the file ends where a value should stand"},
      {"\xEF\xBB\xBF{}", 1, 1, "the file begins with a byte order mark"},
      {"{\"a\": \"\xFF\"}", 1, 8, "this is not UTF-8"},
      {"{\"a\": 1, \"b\": 2, \"a\": 3}", 1, 18, "\"a\" stands twice in this object"},
      {"{\"a\": 1, \"\\u0061\": 3}", 1, 10, "\"a\" stands twice in this object"},
  };
  for (const BadText& bad : texts) {
    const Finding finding = only_finding(bad.text);
    CHECK(finding.code == Code::policy_syntax);
    CHECK(finding.line == bad.line);
    CHECK(finding.column == bad.column);
    CHECK(finding.message == bad.message);
  }
}

TEST_CASE("an empty or oversized file is no policy (row 118)") {
  for (const std::string& text :
       {std::string(), std::string(" \n\t "), std::string(1 << 21, ' ')}) {
    CHECK(only_finding(text).code == Code::policy_file);
  }
  const std::string ten_megabytes = "{\"a\": \"" + std::string(10 << 20, 'x') + "\"}";
  CHECK(only_finding(ten_megabytes).code == Code::policy_file);
}

TEST_CASE("nesting, keys, numbers and the number of values are bounded") {
  CHECK(read_source(std::string(32, '[') + std::string(32, ']')));
  CHECK(read_source(std::string(33, '[') + std::string(33, ']')));
  CHECK_FALSE(read_source(std::string(34, '[') + std::string(34, ']')));
  CHECK_FALSE(read_source(std::string(500'000, '[')));
  CHECK(read_source("{\"" + std::string(256, 'k') + "\": 1}"));
  CHECK_FALSE(read_source("{\"" + std::string(257, 'k') + "\": 1}"));
  CHECK(read_source(std::string(64, '1')));
  CHECK_FALSE(read_source(std::string(65, '1')));
  std::string many = "[1";
  for (int i = 0; i < 100'000; ++i) many += ",1";
  CHECK_FALSE(read_source(many + "]"));
}

TEST_CASE("comments stand wherever white space may, and not inside text") {
  const auto node = read_source(
      "/**/{// one\n\"a\"/* two */:/*three*/[1,//four\n2],\"url\":\"https://x/*y*/\"}//five");
  REQUIRE(node);
  CHECK(to_wire(to_json(*node)) == R"({"a":[1,2],"url":"https://x/*y*/"})");
}

TEST_CASE("every value knows its place") {
  const std::string text = "{\"a/b\": [10, {\"ü\": \"x\", \"c\": true}]}";
  const auto root = read_source(text);
  REQUIRE(root);
  const Node& list = *root->member("a/b");
  const Node& truth = *list.children[1].member("c");
  CHECK(text.substr(list.begin, list.end - list.begin) == "[10, {\"ü\": \"x\", \"c\": true}]");
  CHECK(text.substr(truth.begin, truth.end - truth.begin) == "true");
  CHECK(pointer_to(*root, truth) == "/a~1b/1/c");
  CHECK(pointer_to(*root, list.children[0]) == "/a~1b/0");
  CHECK(pointer_to(*root, *root).empty());
  // Columns count characters: the two bytes of ü are one.
  CHECK(position_of(text, truth.begin).column == 30);
  CHECK(root->member("b") == nullptr);
  CHECK(list.member("a") == nullptr);
}

TEST_CASE(
    "without comments it takes and refuses what the shared parser does, with the same value") {
  for (const char* text : {"{}",
                           "[]",
                           "null",
                           "true",
                           "-0.5e+10",
                           "\"\\ud83d\\ude00\\n\\/\"",
                           "[1,\"a\",{\"b\":[]}]",
                           "{\"a\":1,\"a\":2}",
                           "[1,]",
                           "{\"a\":1,}",
                           "01",
                           "1.",
                           "+1",
                           ".5",
                           "tru",
                           "nul",
                           "NaN",
                           "\"\\v\"",
                           "\"\x01\"",
                           "\"\\u0000\"",
                           "\"\\udead\"",
                           "[1] 2",
                           "",
                           " ",
                           "\xC0\x80",
                           "\"\xED\xA0\x80\"",
                           "{\"a\" 1}",
                           "{1:2}",
                           "[1 2]",
                           "\"a",
                           "{\"a\":1",
                           "-",

                           "12345678901234567890123"}) {
    INFO(text);
    const auto ours = read_source(text);
    const auto shared = parse_json(text);
    CHECK(ours.has_value() == shared.has_value());
    if (ours && shared) CHECK(to_wire(to_json(*ours)) == to_wire(*shared));
  }
}

}  // namespace truce::policy_file
