#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

MapEntry stages() {
  MapEntry entry;
  entry.values = {{"Customer", "customer"}, {"Lead", "lead"}, {"Open Lead", "lead"}, {"7", "lost"}};
  return entry;
}

TEST_CASE("E14 a system's option is read as the canonical one and written back as the system's") {
  const Field field = field_of(FieldType::enumeration);
  CHECK(key_of(read(field, "Customer", stages())) == "customer");
  CHECK(key_of(read(field, " Lead ", stages())) == "lead");
  CHECK(key_of(read(field, json_of("7"), stages())) == "lost");
  CHECK(form_of(field, stages(), Value::of_text("customer")) == R"("Customer")");
  CHECK(form_of(field, stages(), Value::of_text("lead")) == R"("Lead")");
}

TEST_CASE("E14 an unknown option is refused by its name, or passes where the policy says so") {
  const Field field = field_of(FieldType::enumeration);
  const Result<Value> refused = read(field, "Champion", stages());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unknown_option);
  CHECK(refused.error().message.find("Champion") != std::string::npos);
  CHECK(form_of(field, stages(), Value::of_text("won")) == "(unknown-option)");
  MapEntry open = stages();
  open.unknown = UnknownOption::pass;
  CHECK(key_of(read(field, "Champion", open)) == "Champion");
  CHECK(form_of(field, open, Value::of_text("Champion")) == R"("Champion")");
}

TEST_CASE("E24 a country's name and code are one option; an unmapped one is refused") {
  MapEntry names;
  names.values = {{"Germany", "DE"}, {"Deutschland", "DE"}, {"France", "FR"}};
  CHECK(key_of(FieldType::enumeration, "Deutschland", names) ==
        key_of(FieldType::enumeration, "Germany", names));
  CHECK(key_of(FieldType::enumeration, "Allemagne", names) == "(unknown-option)");
}

TEST_CASE("without a map the field's options decide, and without options anything goes") {
  Field field = field_of(FieldType::enumeration);
  CHECK(key_of(read(field, "anything")) == "anything");
  field.options = {"open", "closed"};
  CHECK(key_of(read(field, "open")) == "open");
  CHECK(key_of(read(field, "OPEN")) == "(unknown-option)");
}

TEST_CASE("E71 what has no counterpart is written as the fallback, and held as what that means") {
  const Field field = field_of(FieldType::enumeration);
  MapEntry owners;
  owners.values = {{"a7", "ada"}, {"a0", "nobody"}};
  owners.fallback = "a0";
  CHECK(form_of(field, owners, Value::of_text("ada")) == R"("a7")");
  CHECK(form_of(field, owners, Value::of_text("grace")) == R"("a0")");
  CHECK(as_held(field, owners, Value::of_text("grace")).key() == "nobody");
  CHECK(as_held(field, owners, Value::of_text("ada")).key() == "ada");
  CHECK(key_of(read(field, "a9", owners)) == "(unknown-option)");
}

TEST_CASE("an option may stand for no value") {
  MapEntry entry;
  entry.values = {{"-None-", ""}, {"Hot", "hot"}};
  CHECK(key_of(FieldType::enumeration, "-None-", entry) == "(null)");
}

TEST_CASE("an option is written in the JSON type that its system has") {
  const Field field = field_of(FieldType::enumeration);
  MapEntry numbers;
  numbers.values = {{"1", "scheduled"}, {"2", "won"}};
  numbers.format = "number";
  CHECK(form_of(field, numbers, Value::of_text("won")) == "2");
  CHECK(key_of(read(field, json_of("2"), numbers)) == "won");
  numbers.fallback = "1";
  CHECK(form_of(field, numbers, Value::of_text("lost")) == "1");
  MapEntry flags;
  flags.values = {{"true", "y"}, {"false", "n"}};
  flags.format = "boolean";
  CHECK(form_of(field, flags, Value::of_text("n")) == "false");
  CHECK(key_of(read(field, json_of("false"), flags)) == "n");
  flags.unknown = UnknownOption::pass;
  CHECK(form_of(field, flags, Value::of_text("maybe")) == R"("maybe")");
}

TEST_CASE("booleans are options where the map says so") {
  MapEntry entry;
  entry.values = {{"true", "subscribed"}, {"false", "unsubscribed"}};
  CHECK(key_of(FieldType::enumeration, true, entry) == "subscribed");
  CHECK(key_of(FieldType::enumeration, json_of("{\"a\":1}"), entry) == "(type-mismatch)");
}

TEST_CASE("a person may only choose an option that some system can show") {
  Field field = field_of(FieldType::enumeration);
  field.map[SystemName("crm")] = stages();
  CHECK(key_of(value_from_person(field, "lead")) == "lead");
  CHECK(key_of(value_from_person(field, "Lead")) == "(unknown-option)");
}

}  // namespace
}  // namespace truce
