#include "engine/core/normalize/transform_reach.h"

#include <catch2/catch.hpp>

namespace truce {
namespace {

// Of a change of HubSpot's `email`, which stands in `properties`.
bool reads_email(const std::string& program) {
  const auto change =
      shown_change({"email"}, *parse_json(R"({"id": "1", "properties": {"email": "a@b.co"}})"));
  REQUIRE(change);
  return may_read(program, *change);
}

TEST_CASE("a program that names all it reads, and not what changed, reads nothing of it") {
  const auto program = GENERATE(
      as<std::string>{}, R"jq(.properties.firstname + " " + .properties.lastname)jq",
      R"jq([.properties.firstname, .properties.lastname] | map(select(. != null and . != "")) | join(" "))jq",
      R"jq("\(.properties.firstname) \(.properties.lastname // "")")jq",
      R"jq(if .properties.type == "a" then .properties.a else .properties.b end | ascii_downcase)jq",
      R"jq(.properties.name | split(" ") | .[-1])jq", R"jq(.properties.emails)jq",
      R"jq(.properties.email_2? // empty)jq", R"jq(.phones[0].value)jq");
  CAPTURE(program);
  CHECK_FALSE(reads_email(program));
}

TEST_CASE("a program that names what changed reads it") {
  CHECK(reads_email(".properties.email"));
  CHECK(reads_email(R"jq(.properties["email"] | split("@") | .[0])jq"));
  CHECK(reads_email(R"jq(. as $r | $r.properties.email)jq"));
  CHECK(reads_email(R"jq("\(.properties | .email)")jq"));
}

TEST_CASE("a program that reaches members without their names may read any") {
  const auto program = GENERATE(
      as<std::string>{}, "to_entries | length", "[.[]] | add", ".. | strings", "tostring", ".",
      ".properties | add", ".properties[]", ".properties | to_entries", "(.properties) | map(.)",
      R"jq(.properties["\u0065mail"])jq", R"jq(.["properties"]["e" + "mail"])jq",
      R"jq((.a | test("x")), add)jq", "[.a | length, 1] | add + (.properties | length)",
      "if .a then . else .b end | add", "(.a = 1) | add", "select(.a) | add", "def f: .; f | add",
      "reduce .[] as $x (0; . + 1)", ".properties as $p | $p | add", "@json",
      R"jq(getpath(["properties", "e" + "mail"]))jq", "if .a | not then .a else add end",
      R"jq("\(.)")jq", R"jq("\(.a | length) \(tostring)")jq");
  CAPTURE(program);
  CHECK(reads_email(program));
}

TEST_CASE("changes are found in a part by the names that systems give them") {
  const Json part = *parse_json(
      R"({"properties": {"email": "a"}, "emails": [{"value": "b", "label": "work"}], "ticket.id": 1})");
  const auto members = [&](const std::vector<std::string>& changed) {
    const auto change = shown_change(changed, part);
    return change ? change->members : std::vector<std::string>{"(not told)"};
  };
  CHECK(members({"properties.email"}) == std::vector<std::string>{"email"});
  CHECK(members({"emails[0].value"}) == std::vector<std::string>{"value"});
  CHECK(members({"/ticket.id"}) == std::vector<std::string>{"ticket.id"});
  CHECK(members({}) == std::vector<std::string>{"emails", "label", "value", "email", "ticket.id"});
  CHECK(members({"email", "phone"}) == std::vector<std::string>{"(not told)"});
}

}  // namespace
}  // namespace truce
