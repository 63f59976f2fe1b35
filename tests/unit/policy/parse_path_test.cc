#include <catch2/catch.hpp>

#include "engine/core/policy/parse_policy.h"

namespace truce {
namespace {

// Steps as text: .member [index] [member=equals]
std::string spelled_out(const std::string& path) {
  const auto parsed = parse_path(path);
  if (!parsed) return "refused";
  CHECK(parsed->spelling == path);
  std::string out;
  for (const PathStep& step : parsed->steps) {
    switch (step.kind) {
      case PathStep::Kind::member:
        out += "<" + step.member + ">";
        break;
      case PathStep::Kind::index:
        out += "[" + std::to_string(step.index) + "]";
        break;
      case PathStep::Kind::where:
        out += "[" + step.member + "=" + step.equals + "]";
        break;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a path is members with dots, positions and elements found by a member") {
  CHECK(spelled_out("Email") == "<Email>");
  CHECK(spelled_out("properties.email") == "<properties><email>");
  CHECK(spelled_out("emails[0].value") == "<emails>[0]<value>");
  CHECK(spelled_out("a[1][2]") == "<a>[1][2]");
  CHECK(spelled_out("custom_fields[id=46406168902289].value") ==
        "<custom_fields>[id=46406168902289]<value>");
  CHECK(spelled_out("emails[primary=true].value") == "<emails>[primary=true]<value>");
  CHECK(spelled_out("fields[name=A = B].value") == "<fields>[name=A = B]<value>");
  CHECK(spelled_out("Deal Name") == "<Deal Name>");
  CHECK(spelled_out("größe.höhe") == "<größe><höhe>");
}

TEST_CASE("a path that begins with a slash is a JSON Pointer") {
  CHECK(spelled_out("/properties/email") == "<properties><email>");
  CHECK(spelled_out("/ticket.id") == "<ticket.id>");
  CHECK(spelled_out("/a~1b/m~0n") == "<a/b><m~n>");
  CHECK(spelled_out("/emails/0/value") == "<emails>[0]<value>");
  CHECK(spelled_out("/a/01") == "<a><01>");
  const auto step = parse_path("/options/7")->steps.back();
  CHECK(step.index == 7);
  CHECK(step.member == "7");  // if it turns out to be an object's member
}

TEST_CASE("a path that says nothing certain is refused") {
  for (const char* path : {"",      ".",     "a.",    ".a",       "a..b",
                           "a[",    "a[]",   "a[x]",  "a[0",      "a[0]b",
                           "a]",    "a[-1]", "a[01]", "a[1000]",  "a[18446744073709551616]",
                           "[0].a", "a[=b]", "a[b=]", "a[b[c=d]", " a",
                           "a ",    "a. b",  "/",     "//",       "/a/",
                           "/a~",   "/a~2",  "a\tb",  "a\x7f"}) {
    INFO(path);
    CHECK(spelled_out(path) == "refused");
  }
}

TEST_CASE("JSONPath and expressions of n8n are refused, with the path that is in them") {
  const auto said = [](const char* path) {
    const auto parsed = parse_path(path);
    return parsed ? "taken" : parsed.error().message;
  };
  for (const char* path :
       {"$.properties.lastname", "$json.properties.lastname", "{{ $json.properties.lastname }}",
        "={{$json.properties.lastname}}", "=properties.lastname", "{{properties.lastname}}"}) {
    CHECK(said(path) == "path \"" + std::string(path) +
                            "\": neither JSONPath nor an expression of n8n is read here, only the "
                            "names of members: write properties.lastname");
  }
  for (const char* path : {"$", "$json", "{{ }}", "{{", "=", "= ", "$['properties']", "$..lastname",
                           "={{ $json.a + $json.b }}", "a.{{ $json.b }}",
                           "{{ $('Webhook').item.json.a }}", "{{ {{ $json.a }} }}"}) {
    INFO(path);
    CHECK(said(path).ends_with("only the names of members"));
  }
}

TEST_CASE("names with the signs of other languages in them are names") {
  CHECK(spelled_out("$email") == "<$email>");
  CHECK(spelled_out("properties.$") == "<properties><$>");
  CHECK(spelled_out("a=b") == "<a=b>");
  CHECK(spelled_out("{a}") == "<{a}>");
  CHECK(spelled_out("/$/{{ a }}") == "<$><{{ a }}>");
  CHECK(spelled_out("/=a") == "<=a>");
}

TEST_CASE("a path is bounded in length and depth") {
  CHECK(parse_path(std::string(512, 'a')));
  CHECK_FALSE(parse_path(std::string(513, 'a')));
  std::string deep = "a";
  for (int i = 1; i < 32; ++i) deep += ".a";
  CHECK(parse_path(deep));
  CHECK_FALSE(parse_path(deep + ".a"));
}

TEST_CASE("a refused path says what is wrong and shows the path in short") {
  const auto refused = parse_path("emails[first].value");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::policy_value);
  CHECK(
      refused.error().message ==
      "path \"emails[first].value\": [first] is neither a position from 0 to 999 nor member=text");
}

}  // namespace truce
