#include "engine/presets/field_changes.h"

#include <set>

namespace truce::vendor {

namespace {

const Json nothing = nullptr;

const Json& member_or_null(const Json& node, const std::string& key) {
  const Json* member = find_member(node, key);
  return member == nullptr ? nothing : *member;
}

std::set<std::string> names_to_compare(const Json& before, const Json& after, Before scope) {
  std::set<std::string> names;
  if (before.is_object()) {
    for (const auto& member : before.items()) names.insert(member.key());
  }
  // An object that was null before has changed with every member it has now.
  if (scope == Before::partial && before.is_object()) return names;
  if (after.is_object()) {
    for (const auto& member : after.items()) names.insert(member.key());
  }
  return names;
}

bool has_members(const Json& node) { return node.is_object() && !node.empty(); }

// Depth is bounded by JsonLimits.
void compare(const std::string& path, const Json& before, const Json& after, Before scope,
             FieldChanges& changes) {
  const bool comparable =
      (before.is_object() || before.is_null()) && (after.is_object() || after.is_null());
  if (comparable && (has_members(before) || has_members(after))) {
    for (const auto& name : names_to_compare(before, after, scope)) {
      compare(path.empty() ? name : path + "." + name, member_or_null(before, name),
              member_or_null(after, name), scope, changes);
    }
    return;
  }
  if (to_canonical(before) == to_canonical(after)) return;
  changes.changed.push_back(path);
  changes.previous[path] = before;
}

}  // namespace

FieldChanges changes_between(const Json& before, const Json& after, Before scope) {
  FieldChanges changes;
  if (before.is_object() && after.is_object()) compare("", before, after, scope, changes);
  return changes;
}

}  // namespace truce::vendor
