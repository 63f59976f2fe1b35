// The fake CRMs and the oracle fit the policy that the demo runs under.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "engine/core/policy/parse_policy.h"
#include "engine/core/policy/source_text.h"
#include "sidecar/demo/contact.h"
#include "sidecar/demo/policy_fit.h"
#include "sidecar/demo/script.h"
#include "sidecar/demo/world.h"

namespace truce::demo {
namespace {

using EngineField = truce::Field;

std::string shipped(const std::string& name) {
  std::ifstream file(TRUCE_SOURCE_DIR "/workflows/policies/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Policy demo_policy() {
  PolicyReading reading = parse_policy(shipped("demo"));
  REQUIRE(reading.policy);
  return *reading.policy;
}

// As GET /v1/policy gives it.
Json tree_of(const std::string& name) {
  return policy_file::to_json(*policy_file::read_source(shipped(name)));
}

SystemName system_of(Side side) { return SystemName(std::string(to_string(side))); }

TEST_CASE("every field of the fake CRMs stands where the policy looks for it") {
  const Policy policy = demo_policy();
  const Entity& contact = *policy.entity(EntityName("contact"));
  for (const Field field : all_fields) {
    const EngineField* in_policy = contact.field(FieldName(std::string(to_string(field))));
    REQUIRE(in_policy != nullptr);
    for (const Side side : all_sides) {
      const std::string prefix = side == Side::hubspot ? "properties." : "";
      CHECK(in_policy->map.at(system_of(side)).path.spelling ==
            prefix + std::string(wire_name(side, field)));
    }
  }
}

TEST_CASE("the oracle's rules are the policy's") {
  const Policy policy = demo_policy();
  const auto rule = [&](const char* name) -> const EngineField& {
    return *policy.entity(EntityName("contact"))->field(FieldName(name));
  };
  CHECK(rule("email").rule == Rule::source_of_truth);
  CHECK(rule("email").source == system_of(Side::hubspot));
  CHECK(rule("phone").rule == Rule::source_of_truth);
  CHECK(rule("phone").source == system_of(Side::salesforce));
  CHECK(rule("first_name").rule == Rule::recency);
  CHECK(rule("stage").rule == Rule::recency);
  CHECK(rule("tags").rule == Rule::set_union);
  CHECK(rule("amount").rule == Rule::escalate);
}

TEST_CASE("the demo's policy fits it, and the other shipped ones do not") {
  CHECK(why_unfit(tree_of("demo")).empty());
  CHECK(why_unfit(tree_of("crm")) ==
        "contact.amount does not stand at properties.contract_value in hubspot");
  for (const char* name : {"company", "contact", "deal", "ticket"}) {
    CHECK_FALSE(why_unfit(tree_of(name)).empty());
  }
  CHECK_FALSE(why_unfit(Json()).empty());
  Json changed = tree_of("demo");
  changed["entities"]["contact"]["fields"]["phone"]["rule"] = "recency";
  CHECK(why_unfit(changed) == "contact.phone has another rule");
}

TEST_CASE(
    "the clocks are off by less than the policy allows, and edits are further apart than that") {
  const Policy policy = demo_policy();
  const Duration hubspot = policy.system(system_of(Side::hubspot))->clock_skew;
  const Duration salesforce = policy.system(system_of(Side::salesforce))->clock_skew;
  CHECK(std::abs(hubspot_clock_error.us) < hubspot.us);
  CHECK(std::abs(salesforce_clock_error.us) < salesforce.us);
  const std::int64_t apart =
      std::abs(hubspot_clock_error.us - salesforce_clock_error.us) + hubspot.us + salesforce.us;
  CHECK(recency_gap.us > apart);
}

TEST_CASE("every stage is an option of the policy in both spellings") {
  const Policy policy = demo_policy();
  const EngineField& stage = *policy.entity(EntityName("contact"))->field(FieldName("stage"));
  for (const Side side : all_sides) {
    const MapEntry& entry = stage.map.at(system_of(side));
    for (const std::string& name : all_stages()) {
      CHECK(entry.values.at(stage_spelling(side, name)) == name);
    }
  }
}

}  // namespace
}  // namespace truce::demo
