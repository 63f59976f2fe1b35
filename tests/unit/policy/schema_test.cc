// docs/policy.schema.json and parse_policy take and refuse the same files.
#include <catch2/catch.hpp>
#include <functional>

#include "engine/core/model/work.h"
#include "engine/core/policy/enum_names.h"
#include "engine/core/policy/parse_policy.h"
#include "engine/core/policy/source_text.h"
#include "tests/unit/policy/example_files.h"
#include "tests/unit/policy/schema_evaluator.h"

namespace truce::test {
namespace {

Json published_schema() {
  auto schema = parse_json(read_project_file("docs/policy.schema.json"));
  REQUIRE(schema);
  return *schema;
}

Json without_comments(const std::string& text) {
  const auto node = policy_file::read_source(text);
  REQUIRE(node);
  return to_json(*node);
}

template <class Enum>
Json words_as_json() {
  Json words = Json::array();
  for (const std::string_view word : words_of<Enum>()) words.push_back(std::string(word));
  return words;
}

bool has_code(const PolicyReading& reading, Code code) {
  for (const Finding& finding : reading.findings) {
    if (finding.severity == Finding::Severity::error && finding.code == code) return true;
  }
  return false;
}

// Every document that differs from `document` in one place.
void for_each_change(const Json& document, const std::function<void(const Json&)>& check) {
  static const std::vector<Json> strangers = {nullptr, true,           7,
                                              -1,      "nonsense",     "",
                                              "3d",    Json::array(),  Json::object(),
                                              0.5,     Json{{"a", 1}}, Json::array({"crm"})};
  const std::function<void(const Json::json_pointer&, const Json&)> visit =
      [&](const Json::json_pointer& at, const Json& value) {
        for (const Json& stranger : strangers) {
          Json changed = document;
          changed[at] = is_number(stranger) ? make_number(stranger.dump()) : stranger;
          check(changed);
        }
        if (value.is_object()) {
          Json changed = document;
          changed[at]["unheard_of"] = "x";
          check(changed);
          for (const auto& [name, member] : value.items()) {
            Json smaller = document;
            smaller[at].erase(name);
            check(smaller);
            visit(at / name, member);
          }
        }
        if (value.is_array()) {
          for (std::size_t i = 0; i < value.size(); ++i) visit(at / i, value[i]);
        }
      };
  visit(Json::json_pointer(), document);
}

}  // namespace

TEST_CASE("the evaluator knows every keyword that the schema uses") {
  CHECK(SchemaEvaluator(published_schema()).unknown_keywords().empty());
}

TEST_CASE("the evaluator lists keywords that it does not know") {
  const SchemaEvaluator evaluator(
      Json{{"properties", {{"a", {{"oneOf", Json::array({Json{{"multipleOf", 2}}})}}}}}});
  CHECK(evaluator.unknown_keywords() ==
        std::vector<std::string>{"#/properties/a/oneOf/multipleOf"});
}

TEST_CASE("the schema accepts every good and every merely warned policy") {
  const SchemaEvaluator schema(published_schema());
  for (const char* kind : {"good", "warned"}) {
    for (const ExampleFile& file : example_files(kind)) {
      INFO(file.name);
      CHECK(schema.accepts(without_comments(file.text)));
    }
  }
  for (const std::string& path : shipped_policies()) {
    INFO(path);
    CHECK(schema.accepts(without_comments(read_project_file(path))));
  }
}

TEST_CASE("the schema refuses every bad policy but those that only the linter can see") {
  const SchemaEvaluator schema(published_schema());
  for (const ExampleFile& file : example_files("bad")) {
    INFO(file.name);
    CHECK(schema.accepts(without_comments(file.text)) == file.linter_only);
  }
}

TEST_CASE("the schema's words are those of the policy's enums") {
  const Json schema = published_schema();
  const auto enum_at = [&](const char* pointer) { return schema.at(Json::json_pointer(pointer)); };
  CHECK(enum_at("/$defs/field/properties/type/enum") == words_as_json<FieldType>());
  CHECK(enum_at("/$defs/field/properties/rule/enum") == words_as_json<Rule>());
  CHECK(enum_at("/$defs/field/properties/blank/enum") == words_as_json<Blank>());
  CHECK(enum_at("/$defs/field/properties/removals/enum") == words_as_json<Removals>());
  CHECK(enum_at("/$defs/field/properties/on_tie/enum") == words_as_json<OnTie>());
  CHECK(enum_at("/$defs/field/properties/when/enum") == words_as_json<EscalateWhen>());
  CHECK(enum_at("/$defs/field/properties/direction/additionalProperties/enum") ==
        words_as_json<Direction>());
  CHECK(enum_at("/$defs/entity/properties/delete/enum") == words_as_json<DeletePolicy>());
  CHECK(enum_at("/$defs/entity/properties/ambiguous/enum") == words_as_json<AmbiguousPolicy>());
  CHECK(enum_at("/$defs/map_entry/oneOf/1/properties/unknown/enum") ==
        words_as_json<UnknownOption>());
  for (int i = 0; i <= static_cast<int>(Category::lookup); ++i) {
    const std::string category(to_string(static_cast<Category>(i)));
    INFO(category);
    CHECK(schema["properties"]["sla"]["properties"].contains(category));
  }
}

TEST_CASE("every key of the schema is explained") {
  const Json schema = published_schema();
  for (const char* pointer : {"/properties", "/$defs/system/properties", "/$defs/entity/properties",
                              "/$defs/field/properties", "/$defs/map_entry/oneOf/1/properties"}) {
    for (const auto& [key, value] : schema.at(Json::json_pointer(pointer)).items()) {
      INFO(pointer << "/" << key);
      const bool by_reference =
          value.contains("$ref") &&
          schema.at(Json::json_pointer(value["$ref"].get<std::string>().substr(1)))
              .contains("description");
      CHECK((value.contains("description") || key == "precedence" || by_reference));
    }
  }
}

TEST_CASE(
    "whatever one change makes of a good policy, what the schema refuses the parser refuses") {
  const SchemaEvaluator schema(published_schema());
  std::size_t refused = 0;
  std::size_t unknown_keys = 0;
  for (const ExampleFile& file : example_files("good")) {
    // The others have no key that these two lack.
    if (file.name != "good/every_key.json" && file.name != "good/owner_per_system.json") continue;
    for_each_change(without_comments(file.text), [&](const Json& changed) {
      const std::string text = to_wire(changed);
      const PolicyReading reading = parse_policy(text);
      const bool schema_accepts = schema.accepts(changed);
      if (!schema_accepts) {
        ++refused;
        if (reading.policy) FAIL_CHECK(file.name << ": only the schema refuses " << text);
      }
      // And the other way round where a schema can see it.
      for (const Code code : {Code::policy_unknown_key, Code::policy_unknown_rule}) {
        if (!has_code(reading, code)) continue;
        ++unknown_keys;
        if (schema_accepts) FAIL_CHECK(file.name << ": only the parser refuses " << text);
      }
    });
  }
  CHECK(refused > 1'500);
  CHECK(unknown_keys > 50);
}

}  // namespace truce::test
