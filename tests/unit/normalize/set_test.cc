#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

MapEntry split_by(const char* separator) {
  MapEntry entry;
  entry.split = separator;
  return entry;
}

MapEntry objects_with(const char* member) {
  MapEntry entry;
  entry.element = member;
  return entry;
}

TEST_CASE("E15 every encoding of a set is one set, in any order") {
  struct Case {
    const char* raw;
    MapEntry entry;
  };
  for (const Case& example :
       {Case{R"("a;b")", split_by(";")}, Case{R"("b;a")", split_by(";")},
        Case{R"("a;b;")", split_by(";")}, Case{R"("; a ;b;;a")", split_by(";")},
        Case{R"("a,b")", split_by(",")}, Case{R"("b, a")", split_by(",")},
        Case{R"("a|b")", split_by("|")}, Case{R"("^a^,^b^")", split_by(",")},
        Case{R"("^a^,^b^")", split_by("^,^")}, Case{R"(["b","a","a"])", {}},
        Case{R"(["a",null,"b",""])", split_by(";")},
        Case{R"([{"name":"a"},{"name":"b"}])", objects_with("name")}}) {
    CAPTURE(example.raw);
    CHECK(key_of(FieldType::set, json_of(example.raw), example.entry) == "a|b");
  }
  CHECK(key_of(FieldType::set, json_of("[12, 7]")) == "12|7");
}

TEST_CASE("E15 case counts in elements and their text is kept") {
  CHECK(key_of(FieldType::set, json_of(R"(["VIP","vip"])")) == "VIP|vip");
}

TEST_CASE("E15 a set without elements is null") {
  for (const char* raw : {"[]", R"("")", R"(";;")", R"([""," "])", "[null]", "null"}) {
    CAPTURE(raw);
    CHECK(key_of(FieldType::set, json_of(raw), split_by(";")) == "(null)");
  }
}

TEST_CASE("E15 a set is written in its system's own encoding and read back the same") {
  const Field field = field_of(FieldType::set);
  const Value value = *read(field, json_of(R"(["b","a"])"));
  struct Case {
    MapEntry entry;
    const char* form;
  };
  for (const Case& example :
       {Case{split_by(";"), R"("a;b")"}, Case{split_by("^,^"), R"("^a^,^b^")"},
        Case{MapEntry{}, R"(["a","b"])"},
        Case{objects_with("name"), R"([{"name":"a"},{"name":"b"}])"}}) {
    CHECK(form_of(field, example.entry, value) == example.form);
    CHECK(same(value, *read(field, json_of(example.form), example.entry)));
  }
}

TEST_CASE("an element with the system's separator in it is never written as two") {
  const Field field = field_of(FieldType::set);
  const Value value = *read(field, json_of(R"(["a;b"])"));
  CHECK(form_of(field, split_by(";"), value) == "(lossy-value)");
  CHECK(form_of(field, split_by(","), value) == R"("a;b")");
  CHECK(form_of(field, split_by(","), *read(field, json_of(R"(["^a^"])"))) == "(lossy-value)");
  CHECK(form_of(field, split_by("^,^"), *read(field, json_of(R"(["a^,","b"])"))) ==
        "(lossy-value)");
}

TEST_CASE("elements go through the value map both ways; an unknown one is refused") {
  const Field field = field_of(FieldType::set);
  MapEntry entry = split_by(",");
  entry.values = {{"11", "gold"}, {"12", "silver"}};
  const Result<Value> value = read(field, "12,11", entry);
  CHECK(key_of(value) == "gold|silver");
  CHECK(form_of(field, entry, *value) == R"("11,12")");
  CHECK(key_of(read(field, "12,13", entry)) == "(unknown-option)");
}

TEST_CASE("elements are written in the JSON type that their system has") {
  MapEntry entry;
  entry.values = {{"14", "vip"}, {"15", "news"}};
  entry.format = "number";
  const Field field = field_of(FieldType::set);
  const Result<Value> value = read(field, json_of("[15, 14]"), entry);
  REQUIRE(value);
  CHECK(form_of(field, entry, *value) == "[15,14]");
  entry.element = "id";
  CHECK(form_of(field, entry, *value) == R"([{"id":15},{"id":14}])");
}

TEST_CASE("what is no set is refused") {
  CHECK(key_of(FieldType::set, json_of(R"([["a"]])")) == "(type-mismatch)");
  CHECK(key_of(FieldType::set, json_of(R"([{"name":"a"}])")) == "(type-mismatch)");
  CHECK(key_of(FieldType::set, json_of(R"({"a":"b"})")) == "(type-mismatch)");
  std::string many;
  for (int i = 0; i <= 10'000; ++i) many += std::to_string(i) + ";";
  CHECK(key_of(FieldType::set, many, split_by(";")) == "(field-too-long)");
}

}  // namespace
}  // namespace truce
