#include "engine/core/normalize/reference.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

std::string id_of(const Json& raw) {
  const Result<RecordId> id = read_record_id(raw);
  return id ? id->text : "(" + std::string(to_string(id.error().code)) + ")";
}

TEST_CASE("row 91: an id is text whatever JSON type it came in") {
  CHECK(id_of(json_of("151")) == id_of("151"));
  CHECK(id_of(151) == "151");
  CHECK(id_of(json_of("9007199254740993")) == "9007199254740993");
  CHECK(id_of(" 0035Y00003 ") == "0035Y00003");
}

TEST_CASE("row 91: an id with spaces, of a kilobyte or of another type is refused") {
  CHECK(id_of("a b") == "(id-invalid)");
  CHECK(id_of("a\nb") == "(id-invalid)");
  CHECK(id_of("") == "(id-invalid)");
  CHECK(id_of(std::string(1024, 'x')) == "(id-invalid)");
  CHECK(id_of(true) == "(id-invalid)");
  CHECK(id_of(Json::object()) == "(id-invalid)");
}

TEST_CASE("a reference may be an id or an expanded object") {
  CHECK(key_of(FieldType::reference, json_of("7")) == "7");
  CHECK(key_of(FieldType::reference, json_of(R"({"id": 5, "value": 7, "name": "Rose"})")) == "7");
  CHECK(key_of(FieldType::reference, json_of(R"({"id": 5})")) == "5");
  CHECK(key_of(FieldType::reference, json_of(R"({"id": null})")) == "(null)");
  CHECK(key_of(FieldType::reference, json_of(R"({"name": "Rose"})")) == "(type-mismatch)");
  CHECK(key_of(FieldType::reference, "a b") == "(id-invalid)");
}

}  // namespace
}  // namespace truce
