#include <set>

#include "engine/core/policy/lint.h"
#include "engine/core/policy/roles.h"

namespace truce::policy_file {
namespace {

struct Member {
  const Field* field;
  const Node* node;
};

// A group wins as one system's whole tuple, so one rule must decide about all of it.
bool decided_alike(const Field& a, const Field& b) {
  return a.rule == b.rule && a.source == b.source && a.unless_blank == b.unless_blank &&
         a.on_tie == b.on_tie && a.when == b.when && a.immutable == b.immutable;
}

// Of a word of long ago nobody knows what stood beside it in the other fields.
bool looks_at_one_field(const Field& field) {
  return field.rule == Rule::set_union || field.rule == Rule::minimum ||
         field.rule == Rule::maximum || field.rule == Rule::immutable || field.immutable;
}

std::set<std::string> read_in(const Field& field) {
  std::set<std::string> systems;
  for (const auto& [system, map] : field.map) {
    if (field.reads(system)) systems.insert(system.text);
  }
  return systems;
}

void lint_roles(Linting& linting, const std::string& group, const std::vector<Member>& members) {
  std::vector<const Field*> fields;
  const Member* last = nullptr;  // that names some
  for (const Member& member : members) {
    fields.push_back(member.field);
    if (!member.field->decide_roles.empty()) last = &member;
  }
  if (!last || !common_roles(fields).empty()) return;
  linting.findings.error(Code::policy_conflict, place_in(*last->node, {"decide"}),
                         "whoever answers for group " + in_quotes(group) +
                             " decides about all of its fields, and no role may do that",
                         "give the fields of the group a role in common");
}

void lint_group(Linting& linting, const std::string& group, const std::vector<Member>& members) {
  const Member& first = members.front();
  if (members.size() == 1) {
    linting.findings.warn(Code::policy_missing, place_in(*first.node, {"group"}),
                          "group " + in_quotes(group) + " has only this field",
                          "give the fields that belong together the same group");
  }
  for (const Member& member : members) {
    const Rule rule = member.field->rule;
    if (looks_at_one_field(*member.field)) {
      const std::string alone(member.field->immutable ? "immutable" : to_string(rule));
      linting.findings.error(
          Code::policy_conflict, place_in(*member.node, {"group"}),
          "a group comes whole from one system; " + alone + " looks at one field alone",
          "choose another rule, or take the field out of the group");
    }
    if (!decided_alike(*member.field, *first.field)) {
      linting.findings.error(Code::policy_conflict, place_in(*member.node, {"rule"}),
                             "the fields of group " + in_quotes(group) +
                                 " must be decided alike, and this one is not decided like " +
                                 in_quotes(first.field->name.text),
                             "give them the same rule, source and modifiers");
    }
    if (read_in(*member.field) != read_in(*first.field)) {
      linting.findings.warn(
          Code::policy_conflict, place_in(*member.node, {"map"}),
          "only a system that is read for every field of group " + in_quotes(group) +
              " has a say in it, and " + in_quotes(member.field->name.text) +
              " is not read in the same systems as " + in_quotes(first.field->name.text),
          "map and read the fields of a group in the same systems");
    }
  }
}

}  // namespace

void lint_groups(Linting& linting, const Entity& entity, const Node& fields) {
  std::map<std::string, std::vector<Member>> groups;
  for (const Node& node : fields.children) {
    const Field& field = entity.fields.at(FieldName(node.key));
    if (!field.group.empty()) groups[field.group].push_back({&field, &node});
  }
  for (const auto& [group, members] : groups) {
    lint_group(linting, group, members);
    lint_roles(linting, group, members);
  }
}

}  // namespace truce::policy_file
