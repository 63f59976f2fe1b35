#include <algorithm>

#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

TEST_CASE("every preset has a name of system and shape, and the list is in order") {
  const auto all = presets();
  CHECK(all.size() == 11);
  for (const auto& preset : all) {
    CHECK(preset.name.find('.') != std::string_view::npos);
    CHECK_FALSE(preset.what.empty());
  }
  CHECK(std::is_sorted(all.begin(), all.end(),
                       [](const Preset& a, const Preset& b) { return a.name < b.name; }));
}

TEST_CASE("every preset refuses what it does not know and says what it expected") {
  for (const auto& preset : presets()) {
    for (const auto* payload : {"{}", "\"text\"", "7", "null", "true", R"({"unexpected":[1,2]})"}) {
      INFO(preset.name << " " << payload);
      const auto problem = refusal(preset.name, payload);
      CHECK(problem.code == Code::schema);
      CHECK(problem.message.find("expected") != std::string::npos);
    }
  }
}

TEST_CASE("an unknown preset is refused with the known ones") {
  const auto problem = refusal("hubspot.webhooks", "[]");
  CHECK(problem.code == Code::schema);
  CHECK(problem.message.find("hubspot.webhook,") != std::string::npos);
}

TEST_CASE("an empty list tells of nothing") {
  for (const auto& preset : presets()) CHECK(expand(preset.name, "[]").empty());
  CHECK(expand("hubspot.record", R"({"results":[]})").empty());
  CHECK(expand("pipedrive.record", R"({"success":true,"data":null})").empty());
}

TEST_CASE("an item of an unknown shape is refused alone") {
  const auto events = expand("stripe.record", R"([
      {"id":"cus_1","object":"customer"}, {"nonsense":true}, {"id":"cus_2","object":"customer"}])");
  REQUIRE(events.size() == 3);
  CHECK(events[0]["id"] == "cus_1");
  CHECK(events[1]["problem"]["code"] == "schema");
  CHECK(events[1]["problem"]["pointer"] == "/1");
  CHECK_FALSE(events[1].contains("entity"));
  CHECK(events[2]["id"] == "cus_2");
}

TEST_CASE("a list without one item of a known shape is refused as a whole") {
  const auto problem = refusal("stripe.record", R"([{"a":1},{"b":2}])");
  CHECK(problem.code == Code::schema);
  CHECK(problem.pointer == "/0");
}

TEST_CASE("what n8n wraps around a payload is taken off") {
  const std::string customer = R"({"id":"cus_1","object":"customer"})";
  for (const auto& payload : {"{\"json\":" + customer + "}",  //
                              "[{\"json\":" + customer + ",\"pairedItem\":{\"item\":0}}]",
                              "{\"headers\":{},\"params\":{},\"body\":" + customer + "}",
                              "{\"json\":{\"headers\":{},\"body\":[" + customer + "]}}"}) {
    INFO(payload);
    CHECK(expand_one("stripe.record", payload)["id"] == "cus_1");
  }
}

TEST_CASE("an entity that the policy does not know keeps the vendor's name and is not a Problem") {
  const auto event = expand_one("stripe.record", R"({"id":"prod_1","object":"Product"})");
  CHECK(event["entity"] == "product");
}

TEST_CASE("a record that does not say what it is takes what the caller says") {
  const auto payload = R"({"id":"7","properties":{"serial":"A-1"}})";
  CHECK(refusal("hubspot.record", payload).message.find("entity") != std::string::npos);
  const auto machine = [](const std::string& object) -> std::optional<EntityName> {
    return object.empty() ? std::optional(EntityName("machine")) : std::nullopt;
  };
  CHECK(expand_one("hubspot.record", payload, machine)["entity"] == "machine");
}

TEST_CASE("what the payload says goes before what the caller says, and that before a likeness") {
  const auto machine = [](const std::string& object) -> std::optional<EntityName> {
    return object.empty() ? std::optional(EntityName("machine")) : known_entity(object);
  };
  CHECK(expand_one("stripe.record", R"({"id":"cus_1","object":"customer"})", machine)["entity"] ==
        "contact");
  CHECK(expand_one("hubspot.record", R"({"id":"1","properties":{"dealname":"x"}})",
                   machine)["entity"] == "machine");
}

TEST_CASE("a payload of more events than the limit is refused") {
  std::string payload = "[";
  for (std::size_t i = 0; i <= max_events_per_payload; ++i) {
    if (i > 0) payload += ",";
    payload += R"({"id":"c","object":"customer"})";
  }
  CHECK(refusal("stripe.record", payload + "]").code == Code::batch_size);
}

}  // namespace truce::presets_test
