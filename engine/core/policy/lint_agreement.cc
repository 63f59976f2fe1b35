#include <algorithm>

#include "engine/core/policy/agreement.h"
#include "engine/core/policy/lint.h"
#include "engine/core/policy/value_readers.h"

namespace truce::policy_file {
namespace {

template <class Named>
std::vector<std::string_view> names_in(const Named& named) {
  std::vector<std::string_view> names;
  for (const auto& [name, unused] : named) names.push_back(name.text);
  return names;
}

std::vector<std::string_view> groups_of(const Entity& entity) {
  std::vector<std::string_view> groups;
  for (const auto& [name, field] : entity.fields) {
    const bool known = std::find(groups.begin(), groups.end(), field.group) != groups.end();
    if (!field.group.empty() && !known) groups.push_back(field.group);
  }
  return groups;
}

void lint_field_name(Linting& linting, const Entity& entity, const Node& node) {
  if (entity.field(FieldName(node.text))) return;
  linting.findings.error(Code::policy_value, value_of(node),
                         in_quotes(node.text) + " is no field of " + in_quotes(entity.name.text),
                         suggestion(node.text, names_in(entity.fields)));
}

void lint_group_name(Linting& linting, const Entity& entity, const Node& node) {
  if (!fields_of_group(entity, node.text).empty()) return;
  const auto groups = groups_of(entity);
  linting.findings.error(
      Code::policy_value, value_of(node),
      "no field of " + in_quotes(entity.name.text) + " is in a group " + in_quotes(node.text),
      groups.empty() ? "name the fields with \"fields\" instead" : suggestion(node.text, groups));
}

// A field that is written nowhere agrees by definition.
bool flows_somewhere(const Entity& entity, const AgreementObjective& objective) {
  return std::any_of(objective.fields.begin(), objective.fields.end(), [&](const FieldName& name) {
    const Field* field = entity.field(name);
    if (!field) return true;
    return std::any_of(field->map.begin(), field->map.end(), [&](const auto& entry) {
      return field->writes(entry.first) &&
             std::any_of(field->map.begin(), field->map.end(), [&](const auto& other) {
               return other.first != entry.first && field->reads(other.first);
             });
    });
  });
}

void lint_objective(Linting& linting, const AgreementObjective& objective, const Node& node) {
  const Entity* entity = linting.policy.entity(objective.entity);
  if (!entity) {
    linting.findings.error(Code::policy_value, value_of(*node.member("entity")),
                           in_quotes(objective.entity.text) + " is no entity of this policy",
                           suggestion(objective.entity.text, names_in(linting.policy.entities)));
    return;
  }
  if (const Node* group = node.member("group")) lint_group_name(linting, *entity, *group);
  if (const Node* fields = node.member("fields")) {
    if (fields->kind == Node::Kind::text) lint_field_name(linting, *entity, *fields);
    for (const Node& field : fields->children) lint_field_name(linting, *entity, field);
  }
  if (objective.fields.empty() || flows_somewhere(*entity, objective)) return;
  linting.findings.warn(Code::policy_missing, value_of(node),
                        "what this objective is about is written to no system, so it always agrees",
                        "take it away, or let the fields flow to a second system");
}

}  // namespace

void lint_agreement(Linting& linting, const Node& agreement) {
  const auto objectives = agreement_objectives(linting.policy);
  std::set<std::string> names;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const Node& node = agreement.children[i];
    lint_objective(linting, objectives[i], node);
    if (names.insert(objectives[i].name).second) continue;
    const Node* name = node.member("name");
    linting.findings.error(Code::policy_conflict, value_of(name ? *name : node),
                           "two objectives have the name " + in_quotes(objectives[i].name),
                           "give this one a \"name\" of its own");
  }
}

}  // namespace truce::policy_file
