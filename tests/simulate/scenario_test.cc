#include <catch2/catch.hpp>

#include "sidecar/simulate/run.h"

namespace truce::simulate {

TEST_CASE("every preset is a scenario, and comes back from its text") {
  REQUIRE(preset_names() == std::vector<std::string>{"calm", "seeds", "bad-day", "hell"});
  for (const std::string& name : preset_names()) {
    const auto scenario = read_scenario(preset_text(name));
    REQUIRE(scenario);
    CHECK(scenario->name == name);
    const std::string text = scenario_text(*scenario);
    const auto again = read_scenario(text);
    REQUIRE(again);
    CHECK(scenario_text(*again) == text);
    CHECK(built_in_policy_of(*scenario));
  }
  CHECK(preset_text("nice").empty());
}

TEST_CASE("what a scenario cannot mean is refused with its place") {
  const auto refused = [](const char* text) {
    const auto scenario = read_scenario(text);
    REQUIRE_FALSE(scenario);
    return scenario.error().pointer + ": " + scenario.error().message;
  };
  CHECK(refused(R"({"network": {"webhook_lost": 0.1}})")
            .starts_with("/network/webhook_lost: 1:14 at /network/webhook_lost: \"webhook_lost\" "
                         "is no key here; "
                         "known are webhooks_lost_min, "));
  CHECK(refused(R"({"apis": {"broken": 2}})") ==
        "/apis/broken: 1:21 at /apis/broken: expected a number from 0 to 0.9");
  CHECK(refused(R"({"systems": "2"})") ==
        "/systems: 1:13 at /systems: expected a number from 2 to 4");
  CHECK(refused(R"({"people": 3})") == "/people: 1:12 at /people: expected an object");
  CHECK(refused("[]").find("a scenario is a JSON object") != std::string::npos);
  CHECK(refused(R"({"network": {"webhooks_lost_min": 0.2}})")
            .find("greater than webhooks_lost_max") != std::string::npos);
  CHECK(refused("{").find("1:") != std::string::npos);
}

}  // namespace truce::simulate
