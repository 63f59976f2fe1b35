#include "tests/unit/app/world.h"

namespace truce::test {

namespace {

// A desk that keeps its tags in lower case.
struct Tagged : World {
  explicit Tagged(const std::string& removals)
      : World(R"({"version": 1, "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
          "entities": {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["key"]], "fields": {
            "key": {"type": "text", "rule": "precedence", "map": {"crm": "key", "desk": "key"}},
            "tags": {"type": "set", "rule": "union", "removals": ")" +
              removals + R"(",
                     "map": {"crm": "tags", "desk": {"path": "tags", "lossy": ["lower"]}}}}}}})") {}

  Json say(const std::string& system, Json tags) {
    advance(1000);
    return send({{"system", system},
                 {"entity", "contact"},
                 {"id", system},
                 {"occurred_at", to_rfc3339(now)},
                 {"record", {{"key", "K"}, {"tags", std::move(tags)}}}});
  }

  Json beta_for_the_desk() {
    say("desk", nullptr);
    const Json added = say("crm", Json::array({"Beta"}));
    REQUIRE(added["deliveries"].size() == 1);
    advance(1000);
    return added["deliveries"][0];
  }
};

}  // namespace

TEST_CASE("an element that a system gave its own form is not its word, its own new one is") {
  Tagged world("ignore");
  world.delivered(world.beta_for_the_desk());
  CHECK(world.say("desk", Json::array({"beta", "x"}))["record"]["tags"] ==
        Json::array({"Beta", "x"}));
}

TEST_CASE("nor is one that the system first took as we wrote it, and gave its form a while later") {
  const std::string removals = GENERATE("ignore", "propagate");
  Tagged world(removals);
  const Json delivery = world.beta_for_the_desk();
  world.settle_one({{"id", delivery["id"]},
                    {"attempt", delivery["attempt"]},
                    {"status", "delivered"},
                    {"record", {{"id", "desk"}, {"key", "K"}, {"tags", {"Beta"}}}}});
  CHECK(world.say("desk", Json::array({"beta", "x"}))["record"]["tags"] ==
        Json::array({"Beta", "x"}));
}

TEST_CASE("what a system keeps in its own form is gone everywhere once it is taken away there") {
  Tagged world("propagate");
  world.delivered(world.beta_for_the_desk());
  const bool is_shown = GENERATE(true, false);
  if (is_shown) REQUIRE(world.say("desk", Json::array({"beta"}))["outcome"] == "echo");
  const Json taken = world.say("desk", Json::array({"x"}));
  CHECK(taken["record"]["tags"] == Json::array({"x"}));
  REQUIRE(taken["deliveries"].size() == 1);
  CHECK(taken["deliveries"][0]["system"] == "crm");
  CHECK(taken["deliveries"][0]["fields"]["tags"] == Json::array({"x"}));
}

TEST_CASE("or a person is asked whether it is to go") {
  Tagged world("escalate");
  world.delivered(world.beta_for_the_desk());
  CHECK(world.say("desk", Json::array({"x"}))["outcome"] == "conflict");
  CHECK(world.open_items().size() == 1);
}

}  // namespace truce::test
