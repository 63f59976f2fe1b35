#include "engine/presets/entity_resolver.h"

#include <catch2/catch.hpp>

namespace truce {

namespace {

Policy policy_with_objects() {
  Policy policy;
  Entity contact;
  contact.name = EntityName("contact");
  contact.objects[SystemName("salesforce")] = {"Contact", "Lead"};
  policy.entities[contact.name] = contact;
  Entity deal;
  deal.name = EntityName("deal");
  policy.entities[deal.name] = deal;
  return policy;
}

}  // namespace

TEST_CASE("the policy's own list of a system's objects comes first, whatever their case") {
  const auto policy = policy_with_objects();
  const auto entity_of = entity_resolver(policy, SystemName("salesforce"));
  CHECK(entity_of("Lead") == EntityName("contact"));
  CHECK(entity_of("contact") == EntityName("contact"));
}

TEST_CASE("without a list the vendor's name in lower case is the entity") {
  const auto policy = policy_with_objects();
  CHECK(entity_resolver(policy, SystemName("hubspot"))("Deal") == EntityName("deal"));
  CHECK(entity_resolver(policy, SystemName("hubspot"))("Lead") == std::nullopt);
}

TEST_CASE("what the caller said answers only where the payload says nothing") {
  const auto policy = policy_with_objects();
  const auto entity_of = entity_resolver(policy, SystemName("hubspot"), EntityName("contact"));
  CHECK(entity_of("") == EntityName("contact"));
  CHECK(entity_of("deal") == EntityName("deal"));
  CHECK(entity_resolver(policy, SystemName("hubspot"))("") == std::nullopt);
}

}  // namespace truce
