// The quick reader takes nothing that the careful one refuses, and reads the same.
#include "engine/core/model/json_readers.h"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <iterator>
#include <string>
#include <vector>

namespace truce {
namespace {

void check_alike(std::string_view text, const JsonLimits& limits = {}) {
  const std::optional<Json> quick = read_well_formed(text, limits);
  if (!quick) return;
  const Result<Json> careful = read_carefully(text, limits);
  RC_ASSERT(careful.has_value());
  RC_ASSERT(*quick == *careful);
  RC_ASSERT(to_wire(*quick) == to_wire(*careful));
}

const std::vector<std::string>& pieces() {
  static const std::vector<std::string> all{"{",
                                            "}",
                                            "[",
                                            "]",
                                            ",",
                                            ":",
                                            "\"",
                                            "\"a\"",
                                            "\"b\\n\"",
                                            "\"\"",
                                            "true",
                                            "false",
                                            "null",
                                            "nul",
                                            "0",
                                            "-0",
                                            "01",
                                            "1.",
                                            "1.50",
                                            "-",
                                            "+1",
                                            ".5",
                                            "1e5",
                                            "1e",
                                            "1E-400",
                                            "1e400",
                                            "0e400",
                                            "123456789012345678901234567890",
                                            " ",
                                            "\t",
                                            "\n",
                                            "\r",
                                            "\x01",
                                            "\x7f",
                                            "é",
                                            "\xC3",
                                            "\xED\xA0\x80",
                                            "\\",
                                            "\\q",
                                            "\\ud83d\\ude00",
                                            "\\u0000",
                                            "/**/",
                                            "NaN",
                                            "x"};
  return all;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

// Text in which something was put, left out or said twice.
std::string mutated(std::string text) {
  const int edits = *rc::gen::inRange(0, 4);
  for (int i = 0; i < edits && !text.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const std::string piece = *rc::gen::elementOf(pieces());
    if (*rc::gen::arbitrary<bool>())
      text.insert(at, piece);
    else
      text.replace(at, *rc::gen::inRange<std::size_t>(0, 3), piece);
  }
  return text;
}

constexpr const char* event =
    R"({"system":"crm","record":{"id":"1","n":[1.10,-0,18446744073709551616,1e5],"o":{"":null,)"
    R"("t":true,"f":false},"text":"Zoë \"R\" \\ \/ \t é 😀","empty":[],"none":{}},"list":[[],[{}]]})";

}  // namespace

TEST_CASE("the quick reader takes a well-formed event, characters of numbers and all") {
  const std::optional<Json> quick = read_well_formed(event, {});
  REQUIRE(quick);
  CHECK(to_wire(*quick) == to_wire(*read_carefully(event, {})));
  CHECK(number_text((*quick)["record"]["n"][0]) == "1.10");
  CHECK(number_text((*quick)["record"]["n"][2]) == "18446744073709551616");
}

TEST_CASE("the quick reader and the careful one agree on pieces of JSON in any order") {
  rc::prop("pieces", [] {
    check_alike(
        joined(*rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces()))));
  });
  rc::prop("a spoilt event", [] { check_alike(mutated(event)); });
  rc::prop("in brackets", [] {
    const auto inner = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces()));
    check_alike("[" + joined(inner) + "]");
    check_alike("{\"k\":" + joined(inner) + "}");
  });
}

TEST_CASE("the quick reader keeps the limits") {
  const JsonLimits small{.depth = 3,
                         .nodes = 8,
                         .fields_per_object = 2,
                         .key_bytes = 4,
                         .string_bytes = 5,
                         .number_chars = 6};
  for (const char* text :
       {"[[[[1]]]]", "[1,2,3,4,5,6,7,8]", R"({"a":1,"b":2,"c":3})", R"({"abcde":1})",
        R"(["abcdef"])", "[1234567]", R"({"a":1,"a":2})", "[1e400]", "[1e-400]"}) {
    INFO(text);
    CHECK_FALSE(read_well_formed(text, small));
    CHECK_FALSE(read_carefully(text, small));
  }
  for (const char* text : {"[[[1]]]", "[1,2,3,4,5,6,7]", R"({"a":1,"b":2})", R"({"abcd":1})",
                           R"(["abcde"])", "[123456]", "[1e5]"}) {
    INFO(text);
    CHECK(read_well_formed(text, small));
    CHECK(read_carefully(text, small));
  }
}

TEST_CASE("what the quick reader leaves to the careful one") {
  const std::string long_text = "[\"" + std::string(std::size_t{1} << 20, 'x') + "\"]";
  JsonLimits wide;
  wide.string_bytes = long_text.size();
  CHECK_FALSE(read_well_formed(long_text, wide));
  for (const char* text : {"1", "\"a\"", "null", "", R"(["\u00e9"])"}) {
    INFO(text);
    CHECK_FALSE(read_well_formed(text, {}));
  }
  // Longer than what a thread keeps its buffers for.
  const std::string longer = "[\"" + std::string(200'000, 'x') + "\",1]";
  CHECK(to_wire(*read_well_formed(longer, {})) == longer);
}

}  // namespace truce
