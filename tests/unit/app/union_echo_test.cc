#include "tests/unit/app/world.h"

namespace truce::test {

TEST_CASE("an element that a system gave its own form is not its word, its own new one is") {
  World world(R"({"version": 1, "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
    "entities": {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["key"]], "fields": {
      "key": {"type": "text", "rule": "precedence", "map": {"crm": "key", "desk": "key"}},
      "tags": {"type": "set", "rule": "union", "removals": "ignore",
               "map": {"crm": "tags", "desk": {"path": "tags", "lossy": ["lower"]}}}}}}})");
  const auto say = [&](const std::string& system, Json tags) {
    world.advance(1000);
    return world.send({{"system", system},
                       {"entity", "contact"},
                       {"id", system},
                       {"occurred_at", to_rfc3339(world.now)},
                       {"record", {{"key", "K"}, {"tags", std::move(tags)}}}});
  };
  say("desk", nullptr);
  const Json added = say("crm", Json::array({"Beta"}));
  REQUIRE(added["deliveries"].size() == 1);
  world.advance(1000);
  world.delivered(added["deliveries"][0]);
  CHECK(say("desk", Json::array({"beta", "x"}))["record"]["tags"] == Json::array({"Beta", "x"}));
}

}  // namespace truce::test
