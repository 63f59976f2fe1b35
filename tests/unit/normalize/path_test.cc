#include <catch2/catch.hpp>

#include "engine/core/policy/parse_policy.h"
#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

Path path_of(const char* spelling) { return *parse_path(spelling); }

std::string at(const char* record, const char* path) {
  const Json root = json_of(record);
  const Json* node = read_path(root, path_of(path));
  return node == nullptr ? "(absent)" : to_wire(*node);
}

std::string written(const char* target, const char* path, const Json& value) {
  Json root = json_of(target);
  write_path(root, path_of(path), value);
  return to_wire(root);
}

TEST_CASE("a path finds members, positions, and elements by a member's text") {
  const char* record = R"({"properties": {"email": "a@b.co"}, "emails": [
      {"value": "x", "primary": false}, {"value": "y", "primary": true}],
      "custom_fields": [{"id": 46406168902289, "value": null}, {"id": "7", "value": "z"}],
      "a.b": {"0": "zero"}})";
  CHECK(at(record, "properties.email") == R"("a@b.co")");
  CHECK(at(record, "/properties/email") == R"("a@b.co")");
  CHECK(at(record, "emails[0].value") == R"("x")");
  CHECK(at(record, "/emails/1/value") == R"("y")");
  CHECK(at(record, "emails[primary=true].value") == R"("y")");
  CHECK(at(record, "custom_fields[id=46406168902289].value") == "null");
  CHECK(at(record, "custom_fields[id=7].value") == R"("z")");
  CHECK(at(record, "/a.b/0") == R"("zero")");
}

TEST_CASE("E1 what is not there is absent, also below null and scalars") {
  const char* record = R"({"properties": null, "name": "x", "emails": []})";
  for (const char* path : {"email", "properties.email", "name.first", "emails[0]",
                           "emails[0].value", "emails[primary=true].value", "name[0]"}) {
    CAPTURE(path);
    CHECK(at(record, path) == "(absent)");
  }
}

TEST_CASE("a path makes what it needs and leaves the rest") {
  CHECK(written("{}", "properties.email", "a") == R"({"properties":{"email":"a"}})");
  CHECK(written(R"({"properties":{"x":1}})", "properties.email", "a") ==
        R"({"properties":{"email":"a","x":1}})");
  CHECK(written("{}", "emails[1].value", "a") == R"({"emails":[null,{"value":"a"}]})");
  CHECK(written("{}", "custom_fields[id=7].value", "a") ==
        R"({"custom_fields":[{"id":7,"value":"a"}]})");
  CHECK(written(R"({"custom_fields":[{"id":7,"value":"b"}]})", "custom_fields[id=7].value", "a") ==
        R"({"custom_fields":[{"id":7,"value":"a"}]})");
  CHECK(written("{}", "emails[primary=true].value", "a") ==
        R"({"emails":[{"primary":true,"value":"a"}]})");
  CHECK(written("{}", "fields[code=007].value", "a") ==
        R"({"fields":[{"code":"007","value":"a"}]})");
  CHECK(written("null", "a", 1) == R"({"a":1})");
}

TEST_CASE("what a path wrote it finds again") {
  for (const char* path : {"a", "a.b.c", "a[2].b", "/a~1b/c", "a[k=v].b", "a[id=12].b[0]"}) {
    Json root = Json::object();
    write_path(root, path_of(path), "here");
    const Json* node = read_path(root, path_of(path));
    REQUIRE(node != nullptr);
    CHECK(*node == "here");
  }
}

}  // namespace
}  // namespace truce
