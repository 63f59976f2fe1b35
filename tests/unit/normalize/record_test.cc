#include <catch2/catch.hpp>

#include "engine/core/policy/parse_policy.h"
#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

constexpr const char* contact_policy = R"({
  "version": 1,
  "systems": {"hubspot": {"precedence": 1}, "salesforce": {"precedence": 2}},
  "entities": {"contact": {
    "id": {"hubspot": "id", "salesforce": "Id"},
    "modified": {"hubspot": "properties.lastmodifieddate", "salesforce": "SystemModstamp"},
    "fields": {
      "email": {"type": "email", "rule": "recency",
                "map": {"hubspot": "properties.email", "salesforce": "Email"}},
      "amount": {"type": "decimal", "rule": "recency",
                 "map": {"hubspot": "properties.amount", "salesforce": "Amount"}},
      "phone": {"type": "phone", "region": "US", "rule": "source_of_truth", "source": "salesforce",
                "direction": {"hubspot": "out", "salesforce": "in"},
                "map": {"hubspot": "properties.phone", "salesforce": "Phone"}},
      "name": {"type": "text", "rule": "recency",
               "map": {"hubspot": {"path": "properties.name", "transform": ".properties.name"},
                       "salesforce": "Name"}}}}}})";

class FakeTransforms : public Transforms {
 public:
  Result<Json> run(const std::string& program, const Json& input) override {
    ++runs;
    if (program != ".properties.name") return fail(Code::transform_failed, "no");
    return *find_member(*find_member(input, "properties"), "name");
  }
  int runs = 0;
};

NormalizedRecord normalized(const char* record, Transforms* transforms,
                            const char* system = "hubspot") {
  const PolicyReading reading = parse_policy(contact_policy);
  for (const Finding& finding : reading.findings) UNSCOPED_INFO(finding.message);
  REQUIRE(reading.policy);
  return normalize_record(*reading.policy, *reading.policy->entity(EntityName("contact")),
                          SystemName(system), json_of(record), transforms);
}

TEST_CASE("a record is read with its id, its time and every field it has") {
  FakeTransforms transforms;
  const NormalizedRecord out = normalized(
      R"({"id": 151, "properties": {"email": "Rose@Edge.com", "amount": "1.50", "name": "Rose",
          "phone": "(650) 450-8810", "lastmodifieddate": "2026-05-12T10:00:00.123Z"}})",
      &transforms);
  CHECK(out.problems.empty());
  CHECK(out.id == RecordId("151"));
  REQUIRE(out.modified);
  CHECK(to_rfc3339(*out.modified) == "2026-05-12T10:00:00.123Z");
  CHECK(out.fields.at(FieldName("email")).key() == "rose@edge.com");
  CHECK(out.fields.at(FieldName("amount")).key() == "1.5");
  CHECK(out.fields.at(FieldName("name")).key() == "Rose");
  CHECK(out.fields.at(FieldName("phone")).key() == "+16504508810");
}

TEST_CASE("E1 a field missing from a partial record is absent, also behind a transform") {
  FakeTransforms transforms;
  const NormalizedRecord out =
      normalized(R"({"id": "151", "properties": {"email": "a@b.co"}})", &transforms);
  CHECK(out.fields.size() == 1);
  CHECK(out.problems.empty());
  CHECK(transforms.runs == 0);
  CHECK_FALSE(out.modified);
}

TEST_CASE("E2 an explicit null is a value of its own") {
  FakeTransforms transforms;
  const NormalizedRecord out =
      normalized(R"({"id": "151", "properties": {"email": null, "name": null}})", &transforms);
  REQUIRE(out.fields.size() == 2);
  CHECK(out.fields.at(FieldName("email")).is_null());
  CHECK(out.fields.at(FieldName("name")).is_null());
}

TEST_CASE("a bad field is refused alone and named") {
  FakeTransforms transforms;
  const NormalizedRecord out =
      normalized(R"({"id": "151", "properties": {"email": "rose", "amount": "1.5"}})", &transforms);
  REQUIRE(out.problems.size() == 1);
  CHECK(out.problems[0].field == FieldName("email"));
  CHECK(out.problems[0].code == Code::format);
  CHECK(out.fields.size() == 1);
}

TEST_CASE("without a transform process a field that needs one is refused") {
  const NormalizedRecord out =
      normalized(R"({"id": "151", "properties": {"name": "Rose"}})", nullptr);
  REQUIRE(out.problems.size() == 1);
  CHECK(out.problems[0].code == Code::transform_failed);
}

TEST_CASE("an id or time that cannot be read is a problem of its own") {
  const NormalizedRecord out =
      normalized(R"({"id": "1 5", "properties": {"lastmodifieddate": "yesterday"}})", nullptr);
  REQUIRE(out.problems.size() == 2);
  CHECK(out.problems[0].field == FieldName("id"));
  CHECK(out.problems[0].code == Code::id_invalid);
  CHECK(out.problems[1].field == FieldName("modified"));
  CHECK(out.problems[1].code == Code::timestamp_invalid);
  CHECK_FALSE(out.id);
}

TEST_CASE("a system that the entity does not know has nothing to say") {
  const NormalizedRecord out = normalized(R"({"id": "151"})", nullptr, "zendesk");
  CHECK_FALSE(out.id);
  CHECK(out.fields.empty());
}

}  // namespace
}  // namespace truce
