#include <algorithm>
#include <set>

#include "engine/core/policy/cycles.h"
#include "engine/core/policy/lint.h"

namespace truce::policy_file {
namespace {

// The steps of a path as comparable words: "/a/b" and "a.b" are one place.
using Steps = std::vector<std::string>;

Steps steps_of(const Path& path) {
  Steps steps;
  for (const PathStep& step : path.steps) {
    switch (step.kind) {
      case PathStep::Kind::member:
        steps.push_back("." + step.member);
        break;
      case PathStep::Kind::index:
        steps.push_back("[" + std::to_string(step.index));
        break;
      case PathStep::Kind::where:
        steps.push_back("[" + step.member + "=" + step.equals);
        break;
    }
  }
  return steps;
}

const Path& written_path(const MapEntry& map) { return map.write ? *map.write : map.path; }

struct Written {
  Steps steps;
  const Node* field;
};

bool begins_with(const Steps& steps, const Steps& front) {
  return front.size() <= steps.size() && std::equal(front.begin(), front.end(), steps.begin());
}

// False where two fields overwrite each other.
bool lint_overwriting(Linting& linting, const Entity& entity, const SystemName& system,
                      const Node& fields) {
  std::vector<Written> all;
  for (const Node& node : fields.children) {
    const Field& field = entity.fields.at(FieldName(node.key));
    if (field.writes(system)) all.push_back({steps_of(written_path(field.map.at(system))), &node});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Written& a, const Written& b) { return a.steps < b.steps; });
  bool apart = true;
  // What begins with a place stands directly behind it in this order.
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!begins_with(all[i].steps, all[i - 1].steps)) continue;
    apart = false;
    linting.findings.error(Code::policy_conflict, place_in(*all[i].field, {"map", system.text}),
                           in_quotes(all[i - 1].field->key) + " is written to the same place in " +
                               in_quotes(system.text) + ", so each would overwrite the other",
                           "write one of them elsewhere, or make one read_only");
  }
  return apart;
}

// Field a leads to field b where a is written to what b is read from. In a circle our own write
// would come back as somebody's word: an echo that no history of one field can recognise.
Graph feeding(const Entity& entity, const Node& fields) {
  std::map<std::pair<SystemName, Steps>, std::vector<std::size_t>> readers;
  for (std::size_t i = 0; i < fields.children.size(); ++i) {
    const Field& field = entity.fields.at(FieldName(fields.children[i].key));
    for (const auto& [system, map] : field.map) {
      if (field.reads(system)) readers[{system, steps_of(map.path)}].push_back(i);
    }
  }
  Graph graph(fields.children.size());
  for (std::size_t i = 0; i < fields.children.size(); ++i) {
    const Field& field = entity.fields.at(FieldName(fields.children[i].key));
    for (const auto& [system, map] : field.map) {
      if (!field.writes(system)) continue;
      const auto found = readers.find({system, steps_of(written_path(map))});
      if (found == readers.end()) continue;
      for (const std::size_t reader : found->second) {
        if (reader != i) graph[i].push_back(reader);
      }
    }
  }
  return graph;
}

}  // namespace

void lint_paths(Linting& linting, const Entity& entity, const Node& fields) {
  bool apart = true;
  for (const auto& [system, unused] : linting.policy.systems) {
    apart &= lint_overwriting(linting, entity, system, fields);
  }
  if (!apart) return;  // it would only be said a second time
  for (const auto& cycle : cycles_of(feeding(entity, fields))) {
    std::vector<std::string> names;
    for (const std::size_t index : cycle) names.push_back(in_quotes(fields.children[index].key));
    linting.findings.error(Code::policy_conflict, key_of(fields.children[cycle.front()]),
                           "the fields " + all_of(names) +
                               " feed each other: each is written to what the next is read from",
                           "map what belongs together in one field");
  }
}

}  // namespace truce::policy_file
