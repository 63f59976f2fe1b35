// Further values that count as a key's: other addresses (match_also).
#include <catch2/catch.hpp>

#include "engine/core/identity/link.h"
#include "engine/core/policy/parse_policy.h"

namespace truce {
namespace {

Entity contact_with(const std::string& match) {
  const PolicyReading reading = parse_policy(R"({"version": 1,
    "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
    "entities": {"contact": {"id": {"crm": "id", "desk": "id"}, )" +
                                             match + R"(, "fields": {
      "email": {"type": "email", "rule": "precedence", "map": {"crm": "e", "desk": "e"}},
      "second": {"type": "email", "rule": "precedence", "map": {"crm": "s", "desk": "s"}},
      "others": {"type": "set", "rule": "union", "map": {"crm": "o", "desk": "o"}},
      "name": {"type": "text", "rule": "precedence", "map": {"crm": "n", "desk": "n"}}}}}})");
  REQUIRE(reading.policy);
  return reading.policy->entities.at(EntityName("contact"));
}

using Fields = std::map<FieldName, Value>;

Value email(const std::string& text) { return Value::of_text(text); }
Value set_of(const std::vector<std::string>& words) {
  std::vector<Value::Element> elements;
  for (const std::string& word : words) elements.push_back({word, word});
  return Value::of_set(std::move(elements));
}

const FieldName email_name("email"), second("second"), others("others"), name("name");

}  // namespace

TEST_CASE("E30 every further address is a key, as its type compares it, the first one's first") {
  const Entity entity =
      contact_with(R"("match": [["email"]], "match_also": {"email": ["second", "others"]})");
  const auto key_of = [&](const char* address) {
    return match_keys(entity, {{email_name, email(address)}})[0].at(0);
  };
  const TierKeys keys = match_keys(
      entity, {{email_name, email("a@x.example")},
               {second, email("b@x.example")},
               {others, set_of({"C@X.example", "a@x.example", "no address", "d@x.example"})}})[0];
  CHECK(keys == TierKeys{key_of("a@x.example"), key_of("b@x.example"), key_of("c@x.example"),
                         key_of("d@x.example")});
  CHECK(match_keys(entity, {{others, set_of({"c@x.example"})}})[0] ==
        TierKeys{key_of("c@x.example")});
}

TEST_CASE("E30 in a key of several fields each address stands beside the others' values") {
  const Entity entity =
      contact_with(R"("match": [["name", "email"]], "match_also": {"email": ["others"]})");
  const Fields fields{{email_name, email("a@x.example")},
                      {others, set_of({"b@x.example"})},
                      {name, Value::of_text("Ada")}};
  CHECK(match_keys(entity, fields)[0].size() == 2);
  Fields nameless = fields;
  nameless.erase(name);
  CHECK(match_keys(entity, nameless)[0].empty());
}

TEST_CASE("a record has at most 64 keys a tier") {
  const Entity entity =
      contact_with(R"("match": [["email"]], "match_also": {"email": ["others"]})");
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("p" + std::to_string(i) + "@x.example");
  CHECK(match_keys(entity, {{others, set_of(many)}})[0].size() == 64);
}

TEST_CASE("E30 two records disagree only where both have keys and share none") {
  CHECK(disagree({"a"}, {"b"}));
  CHECK(disagree({"a", "b"}, {"c", "d"}));
  CHECK_FALSE(disagree({"a", "b"}, {"c", "b"}));
  CHECK_FALSE(disagree({}, {"b"}));
  CHECK_FALSE(disagree({"a"}, {}));
}

TEST_CASE("E30 an earlier key with one address in common does not tell records apart") {
  const std::vector<TierKeys> keys{{"a", "b"}, {"n"}};
  const std::vector<Match> matches{{GoldenId("g1"), 1, "n", true, false}};
  const auto holding = [](const TierKeys& held) {
    return [held](const GoldenId&, std::size_t) { return held; };
  };
  CHECK(decide_link(keys, matches, holding({"b", "c"})).kind == LinkDecision::Kind::link);
  CHECK(decide_link(keys, matches, holding({"c"})).kind == LinkDecision::Kind::create);
  CHECK(decide_link(keys, matches, holding({})).kind == LinkDecision::Kind::link);
}

}  // namespace truce
