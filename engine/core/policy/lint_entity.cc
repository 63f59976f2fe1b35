#include <algorithm>
#include <set>

#include "engine/core/policy/lint.h"

namespace truce::policy_file {
namespace {

constexpr std::size_t words_listed = 5;

std::set<SystemName> systems_of(const Entity& entity) {
  std::set<SystemName> systems;
  for (const auto& [name, field] : entity.fields) {
    for (const auto& [system, map] : field.map) systems.insert(system);
  }
  return systems;
}

void lint_ids(Linting& linting, const Entity& entity, const Node& node) {
  for (const SystemName& system : systems_of(entity)) {
    if (entity.id.contains(system)) continue;
    linting.findings.warn(Code::policy_missing, place_in(node, {"id"}),
                          "nothing says where the id stands in a record of " +
                              in_quotes(system.text) + ", so every event must carry it",
                          "add " + in_quotes(system.text) + " to \"id\"");
  }
  for (const char* key : {"id", "modified", "objects", "owner"}) {
    const Node* member = node.member(key);
    if (member == nullptr || member->kind != Node::Kind::object) continue;
    for (const Node& system : member->children) {
      if (takes_part(entity, SystemName(system.key))) continue;
      linting.findings.warn(Code::policy_conflict, key_of(system),
                            "no field of this entity has a place in " + in_quotes(system.key),
                            "add it to the maps of some fields, or take it away");
    }
  }
}

void lint_times(Linting& linting, const Entity& entity, const Node& node) {
  std::map<SystemName, std::vector<std::string>> without_time;
  for (const auto& [name, field] : entity.fields) {
    if (field.rule != Rule::recency) continue;
    for (const auto& [system, map] : field.map) {
      if (field.reads(system) && !entity.modified.contains(system)) {
        without_time[system].push_back(in_quotes(name.text));
      }
    }
  }
  for (const auto& [system, fields] : without_time) {
    linting.findings.warn(
        Code::policy_missing, place_in(node, {"modified"}),
        "the newest value of " + all_of(fields) + " wins, but nothing says when " +
            in_quotes(system.text) + " changed a record",
        "add " + in_quotes(system.text) + " to \"modified\", or send occurred_at with every event");
  }
}

void lint_creates(Linting& linting, const Entity& entity, const Node& node) {
  const Node* list = node.member("create_in");
  for (std::size_t i = 0; i < entity.create_in.size(); ++i) {
    const SystemName& system = entity.create_in[i];
    const Place place = value_of(list->children[i]);
    std::vector<std::string> blocking;  // required and in the map, so a create without it is none
    std::vector<std::string> lacking;
    bool writes_any = false;
    for (const auto& [name, field] : entity.fields) {
      const bool written = field.writes(system);
      writes_any = writes_any || written;
      if (!field.required || written) continue;
      (field.map.contains(system) ? blocking : lacking).push_back(in_quotes(name.text));
    }
    if (!writes_any) {
      linting.findings.error(Code::policy_conflict, place,
                             "records cannot be created in " + in_quotes(system.text) +
                                 ", because no field is ever written there",
                             "take it away, or allow writing in some fields");
    } else if (!blocking.empty()) {
      linting.findings.warn(Code::policy_conflict, place,
                            "nothing is ever created in " + in_quotes(system.text) + ", because " +
                                all_of(blocking) + " is required there but not written",
                            "allow writing it, or do not create records there");
    } else if (!lacking.empty()) {
      linting.findings.warn(Code::policy_conflict, place,
                            "records created in " + in_quotes(system.text) + " will lack " +
                                all_of(lacking) + ", which is required elsewhere",
                            "add it to the map, or do not create records there");
    }
  }
}

}  // namespace

Place place_in(const Node& node, std::initializer_list<std::string_view> keys) {
  const Node* at = &node;
  for (const std::string_view key : keys) {
    const Node* next = at->member(key);
    if (next == nullptr) break;
    at = next;
  }
  return key_of(*at);
}

std::string all_of(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i == words_listed) return out + ", …";
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

bool takes_part(const Entity& entity, const SystemName& system) {
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [&](const auto& entry) { return entry.second.map.contains(system); });
}

void lint_entity(Linting& linting, const Entity& entity, const Node& node) {
  const Node& fields = *node.member("fields");
  for (const Node& member : fields.children) {
    lint_field(linting, entity, entity.fields.at(FieldName(member.key)), member);
  }
  lint_ids(linting, entity, node);
  lint_times(linting, entity, node);
  lint_creates(linting, entity, node);
  lint_match(linting, entity, node);
  lint_match_also(linting, entity, node);
  lint_groups(linting, entity, fields);
  lint_paths(linting, entity, fields);
  if (entity.on_delete != DeletePolicy::propagate && node.member("delete_grace_ms") != nullptr) {
    linting.findings.warn(Code::policy_conflict, place_in(node, {"delete_grace_ms"}),
                          "only a delete that is propagated waits",
                          "write \"delete\": \"propagate\", or take it away");
  }
}

}  // namespace truce::policy_file
