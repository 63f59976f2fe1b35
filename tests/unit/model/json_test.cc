// Rows are those of the table of bad input that the HTTP interface is held to.
#include "engine/core/model/json.h"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "engine/core/model/json_text.h"

namespace truce {
namespace {

std::string repeated(std::size_t count, std::string_view piece) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

// The code's name, or "accepted".
std::string verdict(std::string_view text, const JsonLimits& limits = {}) {
  const Result<Json> document = parse_json(text, limits);
  return document ? "accepted" : std::string(to_string(document.error().code));
}
Problem problem_of(std::string_view text, const JsonLimits& limits = {}) {
  const Result<Json> document = parse_json(text, limits);
  REQUIRE_FALSE(document);
  return document.error();
}
Json parsed(std::string_view text) {
  const Result<Json> document = parse_json(text);
  REQUIRE(document);
  return *document;
}
std::string there_and_back(std::string_view text) { return to_wire(parsed(text)); }

TEST_CASE("row 64: bytes behind a NUL are not passed over") {
  const Problem problem = problem_of(std::string_view("{}\0x", 4));
  CHECK(problem.code == Code::invalid_json);
  CHECK(problem.message == "line 1, column 3: a NUL byte");
  CHECK(verdict(std::string_view("[1,\0 2]", 7)) == "invalid-json");
  CHECK(verdict(std::string_view("\"a\0b\"", 5)) == "invalid-json");
  CHECK(verdict(std::string_view("{}\0", 3)) == "invalid-json");
}

TEST_CASE("row 73: an empty body, white space only and a byte order mark are refused") {
  CHECK(verdict("") == "invalid-json");
  CHECK(verdict(" \r\n\t ") == "invalid-json");
  CHECK(verdict("\xEF\xBB\xBF{}") == "invalid-json");
  CHECK(verdict("\xFE\xFF{}") == "invalid-json");
  CHECK(verdict(" \r\n{} \t") == "accepted");
}

TEST_CASE("row 74: what is nearly JSON is refused with line and column") {
  for (const char* text :
       {"[1,]",  "{\"a\":1,}", "[1/*x*/]",  "[1] // x",    "[NaN]",   "[Infinity]", "[-Infinity]",
        "[01]",  "[1.]",       "[.5]",      "[+1]",        "[0x10]",  "[1e]",       "{'a':1}",
        "{a:1}", "[1 2]",      "{\"a\" 1}", "[",           "{\"a\":", "\"open",     "tru",
        "{}{}",  "[]]",        "[\"\\x\"]", "[\"\\u12\"]", "[\"\t\"]"}) {
    CAPTURE(text);
    const Problem problem = problem_of(text);
    CHECK(problem.code == Code::invalid_json);
    CHECK(problem.message.starts_with("line 1, column "));
  }
  CHECK(problem_of("{\n  \"\u00FC\": 1,\n  \"b\": x\n}").message ==
        "line 3, column 9: syntax error while parsing value - invalid literal");
  CHECK(problem_of("[\"\u00FC\u00FC\u00FC\" x").message.starts_with("line 1, column 9:"));
}

TEST_CASE("a refusal never quotes the input") {
  for (const char* text :
       {"{\"a\": secret}", "{\"a\": \"secret", "{\"a\":\"\\usecret\"}", "[1e400, \"secret\"]",
        "{\"k\": 1, \"k\": \"secret\"}", "[\"; expected secret; last read: 'secret'\" secret]"}) {
    CAPTURE(text);
    CHECK(problem_of(text).message.find("secret") == std::string::npos);
  }
}

TEST_CASE("row 75: any value may be a document; its shape is the caller's matter") {
  for (const char* text : {"[1]", "\"x\"", "null", "42", "true"}) {
    CHECK(there_and_back(text) == text);
  }
}

TEST_CASE("row 76: a key that occurs twice is refused, also after unescaping") {
  const Problem problem = problem_of(R"({"list":[0,{"a":1,"\u0061":2}]})");
  CHECK(problem.code == Code::duplicate_key);
  CHECK(problem.pointer == "/list/1/a");
  CHECK(verdict(R"({"a":{"a":1},"b":{"a":1}})") == "accepted");
  CHECK(verdict(R"([{"a":1},{"a":1}])") == "accepted");
}

TEST_CASE("row 77: the 65th level is refused, however deep the rest goes") {
  CHECK(verdict(repeated(64, "[") + repeated(64, "]")) == "accepted");
  CHECK(verdict(repeated(65, "[") + repeated(65, "]")) == "too-deep");
  CHECK(verdict(repeated(63, "{\"a\":") + "{}" + repeated(63, "}")) == "accepted");
  CHECK(verdict(repeated(64, "{\"a\":") + "{}" + repeated(64, "}")) == "too-deep");
  CHECK(verdict(repeated(10'000, "[")) == "too-deep");
  CHECK(verdict(repeated(1'000'000, "{\"a\":")) == "too-deep");
  CHECK(problem_of("[[0,[[]]]]", {.depth = 3}).pointer == "/0/1/0");
}

TEST_CASE("row 78: nodes, fields of an object and the length of keys are limited") {
  const JsonLimits limits{.nodes = 5, .fields_per_object = 3, .key_bytes = 4};
  CHECK(verdict("[1,2,3,4]", limits) == "accepted");
  CHECK(verdict("[1,2,3,4,5]", limits) == "too-many-fields");
  CHECK(verdict("[[],[],[],[],[]]", limits) == "too-many-fields");
  CHECK(verdict(R"({"a":1,"b":2,"c":3})", limits) == "accepted");
  CHECK(verdict(R"({"a":1,"b":2,"c":3,"d":4})", limits) == "too-many-fields");
  CHECK(verdict(R"({"four":1})", limits) == "accepted");
  const Problem problem = problem_of(R"({"x":{"fives":1}})", limits);
  CHECK(problem.code == Code::field_name_too_long);
  CHECK(problem.pointer == "/x");
  CHECK(verdict("{\"" + std::string(256, 'k') + "\":1}") == "accepted");
  CHECK(verdict("{\"" + std::string(257, 'k') + "\":1}") == "field-name-too-long");
}

TEST_CASE("row 79: text may have 256 KiB and not one byte more") {
  const std::string longest(256 * 1024, 'x');
  CHECK(verdict("[\"" + longest + "\"]") == "accepted");
  const Problem problem = problem_of("[\"" + longest + "x\"]");
  CHECK(problem.code == Code::field_too_long);
  CHECK(problem.pointer == "/0");
}

TEST_CASE("row 80: bad UTF-8 and lone surrogates are refused") {
  for (const char* bytes : {"\xFF", "\x80", "\xC3", "\xE2\x82", "\xC0\xAF", "\xE0\x80\xAF",
                            "\xED\xA0\xBD\xED\xB8\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
                            "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ude00\\ud83d"}) {
    CAPTURE(bytes);
    CHECK(verdict(std::string("[\"") + bytes + "\"]") == "invalid-json");
    CHECK(verdict(std::string("{\"") + bytes + "\":1}") == "invalid-json");
  }
  CHECK(there_and_back("[\"\\ud83d\\ude00\"]") == "[\"\U0001F600\"]");
}

TEST_CASE("row 81: the character U+0000 is refused in text and in keys") {
  const Problem in_text = problem_of(R"({"a":["b\u0000c"]})");
  CHECK(in_text.code == Code::nul_in_text);
  CHECK(in_text.pointer == "/a/0");
  CHECK(verdict(R"({"a\u0000":1})") == "nul-in-text");
}

TEST_CASE("row 82: control, bidirectional and zero-width characters are kept and shown escaped") {
  const std::string name = parsed(R"(["a\u0007\u202eb\u200bc"])")[0];
  CHECK(name == "a\x07\u202Eb\u200Bc");
  CHECK(to_wire(Json(name)) == "\"a\\u0007\u202Eb\u200Bc\"");
  CHECK(shown(name) == "a\\u0007\\u202eb\\u200bc");
}

TEST_CASE("row 83: integers of any size go round exactly") {
  for (const char* number :
       {"9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "-9223372036854775808", "-9223372036854775809",
        "1234567890123456789012345678901234567890123456789012345678901234"}) {
    CHECK(there_and_back(number) == number);
  }
  CHECK(to_int64(parsed("9223372036854775807")) == INT64_MAX);
  CHECK(to_int64(parsed("-9223372036854775808")) == INT64_MIN);
  CHECK(to_int64(parsed("9223372036854775808")) == std::nullopt);
  CHECK(to_int64(parsed("18446744073709551615")) == std::nullopt);
  CHECK(to_int64(Json(std::uint64_t{18446744073709551615u})) == std::nullopt);
}

TEST_CASE("row 83: 2^64-1 and -1, and 2^53+1 and 2^53, are different") {
  CHECK(parsed("18446744073709551615") != parsed("-1"));
  CHECK(parsed("9007199254740993") != parsed("9007199254740992"));
}

TEST_CASE("row 84: decimals keep their digits and have one canonical form") {
  for (const char* number : {"12345678901234567.89", "0.10", "0.1", "1.0", "-0.0", "1.5e-7"}) {
    CHECK(there_and_back(number) == number);
  }
  CHECK(to_canonical(parsed("[0.10]")) == to_canonical(parsed("[0.1]")));
  CHECK(to_canonical(parsed("12345678901234567.890")) == "12345678901234567.89");
}

TEST_CASE("row 85: numbers out of a double's range or longer than 64 characters are refused") {
  for (const char* number :
       {"1e400", "-1e400", "1e-400", "1e309", "2e308", "1e-309", "1e99999999999"}) {
    CAPTURE(number);
    CHECK(verdict(number) == "number-out-of-range");
  }
  CHECK(verdict("1e308") == "accepted");
  CHECK(verdict("1e-307") == "accepted");
  CHECK(verdict("0e99999") == "accepted");
  CHECK(verdict(std::string(64, '9')) == "accepted");
  CHECK(verdict(std::string(65, '9')) == "number-too-long");
  CHECK(verdict("[" + std::string(2'000, '9') + "]") == "number-too-long");
  CHECK(problem_of("{\"a\":[1,1e400]}").pointer == "/a/1");
}

TEST_CASE("row 86: -0 and 1.0 keep their characters, and equal numbers have one canonical form") {
  CHECK(there_and_back("[-0,1.0,1e0]") == "[-0,1.0,1e0]");
  CHECK(to_canonical(parsed("[-0,1.0,1e0,10e-1]")) == "[0,1,1,1]");
  CHECK(to_canonical(Json(1)) == to_canonical(parsed("1.0")));
  CHECK(to_int64(parsed("1.0")) == 1);
  CHECK(to_int64(parsed("1e3")) == 1000);
  CHECK(to_int64(parsed("1.5")) == std::nullopt);
}

TEST_CASE("row 105: odd key names are plain data, and pointers are escaped") {
  const char* text = R"({"$where":1,"__proto__":{"constructor":2},"a.b":3,"a/b~0":[4,5]})";
  CHECK(there_and_back(text) == text);
  CHECK(problem_of(R"({"a/b~0":[4,{"":1e400}]})").pointer == "/a~1b~00/1/");
  CHECK(pointer_join("/a", "b/c~d") == "/a/b~1c~0d");
  CHECK(pointer_join("", "") == "/");
}

TEST_CASE("the same document has the same canonical bytes whatever its spelling") {
  CHECK(to_canonical(parsed(R"({"b":[1.0, "\u0041"], "a": {"z":null,"y":1e2}})")) ==
        R"({"a":{"y":100,"z":null},"b":[1,"A"]})");
  CHECK(to_canonical(parsed("[1e300]")) == to_canonical(parsed("[10e299]")));
  CHECK(to_canonical(make_number("1e500")) == to_canonical(make_number("10.0e499")));
}

TEST_CASE("rendering never throws: bad UTF-8 is replaced, a NaN is null") {
  CHECK(to_wire(Json("a\xFFz\xE2\x82")) == "\"a\uFFFDz\uFFFD\uFFFD\"");
  CHECK(to_wire(Json(std::numeric_limits<double>::quiet_NaN())) == "null");
  CHECK(to_wire(Json::binary({1, 2, 3})) == "null");
  CHECK(to_wire(Json("\"\\/\b\f\n\r\t\x01\x7F")) == R"("\"\\/\u0008\u000c\n\r\t\u0001)"
                                                    "\x7F\"");
}

TEST_CASE("a string of any length is written the same, whatever stands beside what") {
  // What each is written as, by itself.
  const std::vector<std::pair<std::string, std::string>> pieces{{"a", "a"},
                                                                {"\"", "\\\""},
                                                                {"\\", "\\\\"},
                                                                {"\n", "\\n"},
                                                                {"\x01", "\\u0001"},
                                                                {"\x7F", "\x7F"},
                                                                {"\xFF", "\uFFFD"},
                                                                {"\u00FC", "\u00FC"},
                                                                {"\U0001F600", "\U0001F600"},
                                                                {"eightfold", "eightfold"}};
  rc::prop("append_json_string", [&] {
    const auto count = *rc::gen::inRange<std::size_t>(0, 300);
    const auto chosen = *rc::gen::container<std::vector<std::size_t>>(
        count, rc::gen::weightedOneOf<std::size_t>(
                   {{5, rc::gen::just<std::size_t>(0)},
                    {1, rc::gen::inRange<std::size_t>(0, pieces.size())}}));
    std::string text, written = "before\"";
    for (const std::size_t i : chosen) {
      text += pieces[i].first;
      written += pieces[i].second;
    }
    std::string out = "before";
    append_json_string(out, text);
    RC_ASSERT(out == written + '"');
  });
}

TEST_CASE("a scalar as text keeps a number's characters") {
  CHECK(scalar_text(parsed("1.10")) == "1.10");
  CHECK(scalar_text(Json(151)) == "151");
  CHECK(scalar_text(Json("x")) == "x");
  CHECK(scalar_text(Json(true)) == "true");
  CHECK(scalar_text(Json()) == std::nullopt);
  CHECK(scalar_text(parsed("[1]")) == std::nullopt);
  CHECK(scalar_text(Json::binary({1})) == std::nullopt);
}

TEST_CASE("members are found in objects and nowhere else") {
  const Json object = parsed(R"({"a":{"b":1}})");
  REQUIRE(find_member(object, "a"));
  CHECK(find_member(object, "b") == nullptr);
  CHECK(find_member(Json::array({1}), "a") == nullptr);
  CHECK(find_member(Json(), "a") == nullptr);
}

TEST_CASE("untrusted text is shown in at most 80 characters") {
  CHECK(shown("plain \u00FC") == "plain \u00FC");
  CHECK(shown(std::string(80, 'x')) == std::string(80, 'x'));
  CHECK(shown(std::string(81, 'x')) == std::string(79, 'x') + "\u2026");
  CHECK(shown(std::string(100, '\n')).size() == 13 * 6 + 3);
  CHECK(shown("a\xFF\xC3") == "a\\xff\\xc3");
  CHECK(shown("line\nfeed\x7F") == "line\\u000afeed\\u007f");
}

TEST_CASE("a document that passed the limits can be read back from inside a row of the store") {
  const Json body = parsed(repeated(64, "[") + repeated(64, "]"));
  const std::string row = to_wire({{"body", {{"deeper", body}}}});
  CHECK(verdict(row) == "too-deep");
  CHECK(verdict(row, JsonLimits::of_store()) == "accepted");
}

}  // namespace
}  // namespace truce
