#include "engine/core/normalize/text.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

TEST_CASE("E18 composed and decomposed letters are one text, shown as they came") {
  const Result<Value> composed = read(field_of(FieldType::text), "Jos\u00E9");
  const Result<Value> decomposed = read(field_of(FieldType::text), "Jose\u0301");
  REQUIRE(composed);
  REQUIRE(decomposed);
  CHECK(same(*composed, *decomposed));
  CHECK(decomposed->text() == "Jose\u0301");
}

TEST_CASE("E18 spaces of any kind and at the ends do not count") {
  CHECK(key_of(FieldType::text, "\u00A0Rose\u00A0Gonzalez \t") == "Rose Gonzalez");
  CHECK(key_of(FieldType::text, "Rose\u2009Gonzalez\u3000") == "Rose Gonzalez");
  CHECK(key_of(FieldType::text, "Rose  Gonzalez") == "Rose  Gonzalez");
}

TEST_CASE("E18 invisible characters do not count") {
  CHECK(key_of(FieldType::text, "\uFEFFRo\u200Bse\u00AD\u2060") == "Rose");
  CHECK(key_of(FieldType::text, "Ro\u200Cse\u200D") == "Rose");
  // One between a letter and its accent does not keep them apart.
  CHECK(key_of(FieldType::text, "e\u200B\u0301") == "\u00E9");
}

TEST_CASE("E18 joiners that change what a reader sees stay") {
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
  CHECK(comparable(family) == family);
  const std::string persian = "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645";
  CHECK(comparable(persian) == persian);
  CHECK(comparable("\u0645\u06CC\u200C") == "\u0645\u06CC");
}

TEST_CASE("E18 smart quotes are other characters than straight ones") {
  CHECK(key_of(FieldType::text, "O\u2019Hara") != key_of(FieldType::text, "O'Hara"));
}

TEST_CASE("line ends of all systems are one") {
  CHECK(comparable("a\r\nb\rc\nd\u2028e\u0085f") == "a\nb\nc\nd\ne\nf");
  CHECK(comparable("a\r\n\r\nb") == "a\n\nb");
}

TEST_CASE("case counts in text") { CHECK(comparable("Rose") != comparable("ROSE")); }

TEST_CASE("row 82: direction overrides and control characters are kept") {
  CHECK(text_of(read(field_of(FieldType::text), "a\u202Eb\x01")) == "a\u202Eb\x01");
}

TEST_CASE("the compared form of a compared form is itself") {
  for (const char* text : {"\u1E9B\u0323", "\u212B", "a\u200D\u200Db", "\u0345\u03B1",
                           "\uAC00\u11A8", "\r\r\n x", "\u00E9\u200C\u0301", "\u0958"}) {
    CHECK(comparable(comparable(text)) == comparable(text));
    CHECK(folded(folded(text)) == folded(text));
  }
}

TEST_CASE("row 87: a number in a text field keeps its digits; other types are refused") {
  CHECK(text_of(read(field_of(FieldType::text), json_of("01.10"))) !=
        text_of(read(field_of(FieldType::text), json_of("1.10"))));
  CHECK(text_of(read(field_of(FieldType::text), json_of("9007199254740993"))) ==
        "9007199254740993");
  CHECK(key_of(FieldType::text, true) == "(type-mismatch)");
  CHECK(key_of(FieldType::text, json_of(R"({"a": 1})")) == "(type-mismatch)");
  CHECK(key_of(FieldType::text, json_of("[1]")) == "(type-mismatch)");
}

TEST_CASE("row 79: text beyond 256 KiB is refused, and bad UTF-8 and NUL never come in") {
  CHECK(key_of(FieldType::text, std::string(256 * 1024, 'x')).size() == 256 * 1024);
  CHECK(key_of(FieldType::text, std::string(256 * 1024 + 1, 'x')) == "(field-too-long)");
  CHECK(key_of(FieldType::text, std::string(256 * 1024 + 1, ' ')) == "(field-too-long)");
  CHECK(key_of(FieldType::text, "a\xFF") == "(format)");
  CHECK(key_of(FieldType::text, std::string("a\0b", 3)) == "(nul-in-text)");
}

TEST_CASE("a pattern must match the whole of the raw text") {
  MapEntry entry;
  entry.pattern = "[A-Z]{2}\\d{4}";
  CHECK(key_of(FieldType::text, "AB1234", entry) == "AB1234");
  CHECK(key_of(FieldType::text, "AB12345", entry) == "(format)");
  CHECK(key_of(FieldType::text, "", entry) == "(null)");
  entry.pattern = "(?:a+)+$";
  CHECK(key_of(FieldType::text, std::string(60'000, 'a') + "b", entry) == "(format)");
  CHECK(key_of(FieldType::text, std::string(65'537, 'a'), entry) == "(field-too-long)");
  entry.pattern = "(";
  CHECK(key_of(FieldType::text, "a", entry) == "(policy-regex)");
}

TEST_CASE("a refusal says what was wrong, and hides the value of a private field") {
  Field field = field_of(FieldType::email);
  CHECK(read(field, "rose at edge").error().message.find("rose at edge") != std::string::npos);
  field.is_private = true;
  const std::string message = read(field, "rose at edge").error().message;
  CHECK(message.find("rose") == std::string::npos);
  CHECK(message.find("subject") == 0);
}

}  // namespace
}  // namespace truce
