#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

MapEntry blank_is(std::vector<Json> stand_ins) {
  MapEntry entry;
  entry.blank = std::move(stand_ins);
  return entry;
}

TEST_CASE("E4 null, nothing and white space are one blank, for every type") {
  for (const FieldType type :
       {FieldType::text, FieldType::email, FieldType::phone, FieldType::url, FieldType::domain,
        FieldType::integer, FieldType::decimal, FieldType::money, FieldType::boolean,
        FieldType::date, FieldType::instant, FieldType::enumeration, FieldType::set,
        FieldType::reference, FieldType::html}) {
    for (const Json& raw :
         {Json(nullptr), Json(""), Json("  "), Json("\u00A0\u200B\n"), Json::array()}) {
      CAPTURE(to_string(type), to_wire(raw));
      CHECK(key_of(type, raw) == "(null)");
    }
  }
}

TEST_CASE("row 88: zero and false are values") {
  CHECK(key_of(FieldType::integer, 0) == "0");
  CHECK(key_of(FieldType::boolean, false) == "false");
  CHECK(key_of(FieldType::text, "0") == "0");
}

TEST_CASE("E5 a zero that stands for nothing is declared per system and stays zero elsewhere") {
  CHECK(key_of(FieldType::decimal, json_of("0.00"), blank_is({0})) == "(null)");
  CHECK(key_of(FieldType::decimal, "0", blank_is({0})) == "(null)");
  CHECK(key_of(FieldType::decimal, json_of("0"), blank_is({"0"})) == "(null)");
  CHECK(key_of(FieldType::decimal, "0.00", blank_is({"0"})) == "(null)");
  CHECK(key_of(FieldType::integer, "00", blank_is({"0"})) == "(null)");
  CHECK(key_of(FieldType::money, " 0.00 ", blank_is({"0"})) == "(null)");
  CHECK(key_of(FieldType::decimal, "none", blank_is({"none"})) == "(null)");
  CHECK(key_of(FieldType::decimal, 0) == "0");
  CHECK(key_of(FieldType::decimal, json_of("0.01"), blank_is({0})) == "0.01");
  CHECK(key_of(FieldType::reference, "0", blank_is({"0"})) == "(null)");
  CHECK(key_of(FieldType::text, "0.00", blank_is({"0"})) == "0.00");
}

TEST_CASE("E6 a placeholder is stripped where it is declared") {
  const MapEntry entry = blank_is({"Unknown", "-", json_of("1.0")});
  CHECK(key_of(FieldType::text, "Unknown", entry) == "(null)");
  CHECK(key_of(FieldType::text, " - ", entry) == "(null)");
  CHECK(key_of(FieldType::text, "unknown", entry) == "unknown");
  CHECK(key_of(FieldType::decimal, json_of("1"), entry) == "(null)");
  CHECK(key_of(FieldType::email, "Unknown", entry) == "(null)");
}

TEST_CASE("a placeholder means nothing also as its system keeps it") {
  MapEntry entry = blank_is({"N/A", json_of("-0.5")});
  entry.lossy = {{Lossy::Kind::lower, 0}, {Lossy::Kind::round, 0}};
  CHECK(key_of(FieldType::text, "N/A", entry) == "(null)");
  CHECK(key_of(FieldType::text, "n/a", entry) == "(null)");
  CHECK(key_of(FieldType::text, "N/a", entry) == "N/a");
  CHECK(key_of(FieldType::decimal, json_of("-1"), entry) == "(null)");
  entry = blank_is({"Unknown"});
  entry.max_length = 3;
  CHECK(key_of(FieldType::text, "Unk", entry) == "(null)");
}

TEST_CASE("E2 a clear is written as the system's own stand-in, else as null") {
  const Field field = field_of(FieldType::text);
  CHECK(form_of(field, {}, Value::null()) == "null");
  CHECK(form_of(field, blank_is({"", "-"}), Value::null()) == R"("")");
}

TEST_CASE("a stand-in that is an array or object is compared as a whole") {
  CHECK(key_of(FieldType::reference, json_of(R"({"id": null})"),
               blank_is({json_of(R"({"id": null})")})) == "(null)");
}

}  // namespace
}  // namespace truce
