#include "engine/core/normalize/number.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

std::string decimal_key(const Json& raw) { return key_of(FieldType::decimal, raw); }
std::string decimal_text(const Json& raw) {
  return text_of(read(field_of(FieldType::decimal), raw));
}

TEST_CASE("row 84: decimals are exact, compared by value and keep their digits") {
  CHECK(decimal_key(json_of("12345678901234567.89")) == "12345678901234567.89");
  CHECK(decimal_key(json_of("0.10")) == decimal_key(json_of("0.1")));
  CHECK(decimal_text(json_of("0.10")) == "0.10");
  CHECK(decimal_key("0.10") == decimal_key(json_of("0.1")));
}

TEST_CASE("row 83: integers beyond 64 bit are exact") {
  for (const char* number : {"9007199254740993", "9223372036854775808", "18446744073709551615",
                             "18446744073709551616", "-9223372036854775809"}) {
    const Result<Value> value = read(field_of(FieldType::integer), json_of(number));
    REQUIRE(value);
    CHECK(value->text() == number);
    CHECK(form_of(field_of(FieldType::integer), {}, *value) == number);
  }
}

TEST_CASE("row 85: numbers out of range or too long are refused") {
  for (const char* number : {"1e64", "1e400", "-1e400", "1e-400", "1e99999999999999999999"}) {
    CAPTURE(number);
    CHECK(decimal_key(number) == "(number-out-of-range)");
  }
  CHECK(decimal_key(make_number("1e400")) == "(number-out-of-range)");
  CHECK(decimal_key("0e99999999") == "0");
  CHECK(decimal_key("1e63") == "1" + std::string(63, '0'));
  CHECK(decimal_key(std::string(65, '9')) == "(number-too-long)");
  CHECK(decimal_key(std::string(64, '9')) == std::string(64, '9'));
}

TEST_CASE("row 86: minus zero is zero and a whole decimal is an integer") {
  CHECK(decimal_key(json_of("-0")) == "0");
  CHECK(decimal_text("-0.00") == "0.00");
  CHECK(key_of(FieldType::integer, json_of("1.0")) == "1");
  CHECK(key_of(FieldType::integer, "5e2") == "500");
  CHECK(key_of(FieldType::integer, json_of("1.5")) == "(format)");
}

TEST_CASE("E78 digits in strings are numbers; anything else in them is not") {
  CHECK(decimal_key(" +007.50 ") == "7.5");
  CHECK(decimal_text("+007.50") == "7.50");
  CHECK(decimal_key(".5") == "0.5");
  CHECK(decimal_key("5.") == "5");
  for (const char* text : {"1,234.5", "1.234,5", "12 000", "$5", "5 EUR", "0x10", "NaN", "Infinity",
                           "1e", "--1", ".", "1_000", "five"}) {
    CAPTURE(text);
    CHECK(decimal_key(text) == "(format)");
  }
}

TEST_CASE("row 87: a boolean is no number") {
  CHECK(decimal_key(true) == "(type-mismatch)");
  CHECK(key_of(FieldType::integer, json_of("[1]")) == "(type-mismatch)");
}

TEST_CASE("a decimal is written with its own digits") {
  const Field field = field_of(FieldType::decimal);
  CHECK(form_of(field, {}, *read(field, "1.10")) == "1.10");
  CHECK(form_of(field, {}, *read(field, "1e3")) == "1000");
}

TEST_CASE("rounding goes to the nearest, halves away from zero, and carries") {
  CHECK(round_decimal("1.005", 2) == "1.01");
  CHECK(round_decimal("-1.005", 2) == "-1.01");
  CHECK(round_decimal("1.0049", 2) == "1");
  CHECK(round_decimal("9.999", 2) == "10");
  CHECK(round_decimal("0.04", 1) == "0");
  CHECK(round_decimal("0.05", 1) == "0.1");
  CHECK(round_decimal("0.5", 0) == "1");
  CHECK(round_decimal("149", -2) == "100");
  CHECK(round_decimal("150", -2) == "200");
  CHECK(round_decimal("50", -2) == "100");
  CHECK(round_decimal("5", -2) == "0");
  CHECK(round_decimal("-0.04", 1) == "0");
}

}  // namespace
}  // namespace truce
