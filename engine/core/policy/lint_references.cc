#include "engine/core/policy/cycles.h"
#include "engine/core/policy/lint.h"

namespace truce::policy_file {
namespace {

void lint_objects(Linting& linting, const Node& entities) {
  std::map<std::pair<std::string, std::string>, std::string> owners;  // (system, object) -> entity
  for (const Node& node : entities.children) {
    const Entity& entity = linting.policy.entities.at(EntityName(node.key));
    for (const auto& [system, names] : entity.objects) {
      for (const std::string& name : names) {
        const auto [first, is_new] = owners.emplace(std::pair(system.text, name), node.key);
        if (is_new) continue;
        linting.findings.error(Code::policy_conflict, place_in(node, {"objects", system.text}),
                               in_quotes(name) + " of " + in_quotes(system.text) + " is entity " +
                                   in_quotes(first->second) + " already",
                               "name it at one entity only");
      }
    }
  }
}

void lint_parents(Linting& linting, const Field& field, const Node& node) {
  const Entity& parent = linting.policy.entities.at(field.entity);
  for (const auto& [system, map] : field.map) {
    if (takes_part(parent, system)) continue;
    linting.findings.warn(Code::policy_conflict, place_in(node, {"map", system.text}),
                          "entity " + in_quotes(field.entity.text) + " has no field in " +
                              in_quotes(system.text) + ", so no parent is ever found there",
                          "map the parent's fields in it, or take it out of this map");
  }
}

// Each of these records would wait for the other one.
void lint_waiting(Linting& linting, const Node& entities) {
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < entities.children.size(); ++i) index[entities.children[i].key] = i;
  Graph graph(entities.children.size());
  for (std::size_t i = 0; i < entities.children.size(); ++i) {
    const Entity& entity = linting.policy.entities.at(EntityName(entities.children[i].key));
    for (const auto& [name, field] : entity.fields) {
      const bool waits = field.type == FieldType::reference && field.required;
      if (waits) graph[i].push_back(index.at(field.entity.text));
    }
  }
  for (const auto& cycle : cycles_of(graph)) {
    std::vector<std::string> names;
    for (const std::size_t i : cycle) names.push_back(in_quotes(entities.children[i].key));
    linting.findings.error(Code::policy_conflict, key_of(entities.children[cycle.front()]),
                           "required references go round in a circle (" + all_of(names) +
                               "), so the first record waits for ever",
                           "make one of the references not required");
  }
}

}  // namespace

void lint_references(Linting& linting, const Node& entities) {
  lint_objects(linting, entities);
  for (const Node& node : entities.children) {
    const Entity& entity = linting.policy.entities.at(EntityName(node.key));
    for (const Node& member : node.member("fields")->children) {
      const Field& field = entity.fields.at(FieldName(member.key));
      if (field.type == FieldType::reference) lint_parents(linting, field, member);
    }
  }
  lint_waiting(linting, entities);
}

}  // namespace truce::policy_file
