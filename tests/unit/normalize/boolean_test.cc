#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

TEST_CASE("E23 every usual spelling of yes and no is read") {
  for (const Json& yes : {Json(true), Json("true"), Json("TRUE"), Json("Yes"), Json("y"),
                          Json("on"), Json("1"), Json(1), json_of("1.0"), Json(" true ")}) {
    CAPTURE(to_wire(yes));
    CHECK(key_of(FieldType::boolean, yes) == "true");
  }
  for (const Json& no :
       {Json(false), Json("false"), Json("No"), Json("n"), Json("OFF"), Json("0"), Json(0)}) {
    CAPTURE(to_wire(no));
    CHECK(key_of(FieldType::boolean, no) == "false");
  }
}

TEST_CASE("E23 what is neither yes nor no is refused") {
  for (const Json& raw :
       {Json("maybe"), Json("2"), Json(2), Json("truee"), json_of("[true]"), json_of("{}")}) {
    CAPTURE(to_wire(raw));
    CHECK(key_of(FieldType::boolean, raw) == "(type-mismatch)");
  }
}

TEST_CASE("a system that counts true and false is written numbers") {
  MapEntry entry;
  entry.values = {{"1", "true"}, {"0", "false"}};
  entry.format = "number";
  CHECK(form_of(field_of(FieldType::boolean), entry, Value::of_boolean(true)) == "1");
  CHECK(form_of(field_of(FieldType::boolean), entry, Value::of_boolean(false)) == "0");
}

TEST_CASE("E23 a system's own words are mapped both ways") {
  MapEntry entry;
  entry.values = {{"Active", "true"}, {"Inactive", "false"}};
  const Field field = field_of(FieldType::boolean);
  CHECK(key_of(read(field, "Active", entry)) == "true");
  CHECK(key_of(read(field, "Inactive", entry)) == "false");
  CHECK(form_of(field, entry, Value::of_boolean(false)) == R"("Inactive")");
  CHECK(form_of(field, {}, Value::of_boolean(false)) == "false");
}

}  // namespace
}  // namespace truce
