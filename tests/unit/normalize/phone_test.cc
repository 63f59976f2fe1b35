#include <catch2/catch.hpp>
#include <chrono>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

Field phone_in(const char* region) {
  Field field = field_of(FieldType::phone);
  field.region = region;
  return field;
}

std::string phone_key(const char* region, const Json& raw) {
  return key_of(read(phone_in(region), raw));
}

TEST_CASE("E16 all spellings of a number are one, shown as E.164") {
  for (const char* spelling : {"+1 650-450-8810", "(650) 450-8810", "650.450.8810", "16504508810",
                               "+1(650)4508810 ", "\u00A0tel:+1-650-450-8810"}) {
    CAPTURE(spelling);
    const Result<Value> value = read(phone_in("US"), spelling);
    REQUIRE(value);
    CHECK(value->text() == "+16504508810");
    CHECK(value->key() == "+16504508810");
  }
  CHECK(phone_key("DE", "030 901820") == "+4930901820");
  CHECK(phone_key("DE", "0049 30 901820") == "+4930901820");
  CHECK(phone_key("US", json_of("6504508810")) == "+16504508810");
}

TEST_CASE("E16 an extension is kept and survives the way back") {
  const Field field = phone_in("US");
  for (const char* spelling : {"(650) 450-8810 x12", "+1 650 450 8810 ext. 12",
                               "+1-650-450-8810;ext=12", "6504508810 extension 12"}) {
    CAPTURE(spelling);
    const Result<Value> value = read(field, spelling);
    REQUIRE(value);
    CHECK(value->key() == "+16504508810;ext=12");
    CHECK(form_of(field, {}, *value) == R"("+16504508810 ext. 12")");
    CHECK(same(*value, *read(field, *to_system(field, {}, *value, nullptr))));
  }
}

TEST_CASE("row 99: a region in lower case is the region") {
  CHECK(phone_key("us", "(650) 450-8810") == "+16504508810");
  CHECK(phone_key("", "+1 650 450 8810") == "+16504508810");
}

TEST_CASE("numbers that nobody can have are kept as they came and still compared without format") {
  const Result<Value> value = read(phone_in("US"), "+1-555-123-4567");
  REQUIRE(value);
  CHECK(value->text() == "+1-555-123-4567");
  CHECK(value->key() == "+15551234567");
  CHECK(phone_key("US", "(555) 123-4567") == "+15551234567");
  CHECK(phone_key("", "12345") == "12345");
  CHECK(text_of(read(phone_in(""), "555-122-2323")) == "555-122-2323");
  CHECK(phone_key("", "555-122-2323") == phone_key("", "555 1222323"));
}

TEST_CASE("what cannot be read as one number but has digits is kept whole") {
  const char* text = "030 901820 / 030 901821";
  CHECK(text_of(read(phone_in("DE"), text)) == text);
  CHECK(text_of(read(phone_in("DE"), "Rose 030 901820")) == "Rose 030 901820");
  CHECK(phone_key("DE", "Rose 030 901820") == "+4930901820");
  CHECK(text_of(read(phone_in("DE"), "Tel. 030 901820")) == "+4930901820");
  CHECK(phone_key("DE", "1-800-FLOWERS") != phone_key("DE", "1-800-PIZZA12"));
}

TEST_CASE("one spelling is another number in another region, however often it was read") {
  for (int round = 0; round < 3; ++round) {
    CHECK(phone_key("DE", "030 901820") == "+4930901820");
    CHECK(phone_key("AT", "030 901820") == "+4330901820");
  }
  for (int i = 0; i < 5'000; ++i) phone_key("DE", "030 9" + std::to_string(10'000 + i));
  CHECK(phone_key("DE", "030 901820") == "+4930901820");
}

TEST_CASE("letters and digits of other scripts are digits") {
  CHECK(phone_key("US", "1-800-FLOWERS") == "+18003569377");
  CHECK(phone_key("US", "\uFF16\uFF15\uFF10 \uFF14\uFF15\uFF10 \uFF18\uFF18\uFF11\uFF10") ==
        "+16504508810");
}

TEST_CASE("what has no digit is no phone number") {
  for (const char* text : {"unknown", "n/a", "+", "ext.", "sip:bob2@example.com"}) {
    CAPTURE(text);
    CHECK(phone_key("DE", text) == "(format)");
  }
  CHECK(phone_key("DE", true) == "(type-mismatch)");
}

TEST_CASE("row 98: a phone number of 300 characters is refused before the library sees it") {
  CHECK(phone_key("DE", std::string(65, '1')) == "(field-too-long)");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(phone_key("DE", std::string(256 * 1024, '1')) == "(field-too-long)");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

}  // namespace
}  // namespace truce
