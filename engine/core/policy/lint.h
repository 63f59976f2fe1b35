// What the parts of a policy say about each other: contradictions are errors, what is likely wrong
// is a warning. A policy that was read without errors goes in; nothing is changed.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/policy/findings.h"

namespace truce::policy_file {

struct Linting {
  Findings& findings;
  const Policy& policy;
};

// The key of the member that the keys lead to, or of the deepest one on the way.
Place place_in(const Node& node, std::initializer_list<std::string_view> keys);

// "a, b and c"; of more than five the first five and "…".
std::string all_of(const std::vector<std::string>& words);

void lint_systems(Linting& linting, const Node& systems);
void lint_field(Linting& linting, const Entity& entity, const Field& field, const Node& node);
// The map entries of one field: what applies to its type, value maps, transforms.
void lint_map(Linting& linting, const Field& field, const Node& node);
void lint_entity(Linting& linting, const Entity& entity, const Node& node);
void lint_match(Linting& linting, const Entity& entity, const Node& node);
void lint_match_also(Linting& linting, const Entity& entity, const Node& node);
void lint_groups(Linting& linting, const Entity& entity, const Node& fields);
// Two fields on one place of a system's record, and fields that feed each other in a circle.
void lint_paths(Linting& linting, const Entity& entity, const Node& fields);
// Between entities: references and the systems' names of entities.
void lint_references(Linting& linting, const Node& entities);

// The objectives below sla.agreement.
void lint_agreement(Linting& linting, const Node& agreement);

// True where the entity has a field in the system.
bool takes_part(const Entity& entity, const SystemName& system);

}  // namespace truce::policy_file
