#include "engine/core/policy/roles.h"

#include <algorithm>

namespace truce {
namespace {

bool may_decide(const Field& field, const std::string& role) {
  const std::vector<std::string>& roles = field.decide_roles;
  return roles.empty() || std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace

std::vector<std::string> common_roles(const std::vector<const Field*>& fields) {
  const auto named = std::find_if(fields.begin(), fields.end(), [](const Field* field) {
    return !field->decide_roles.empty();
  });
  if (named == fields.end()) return {};
  std::vector<std::string> roles = (*named)->decide_roles;
  std::erase_if(roles, [&](const std::string& role) {
    return !std::all_of(fields.begin(), fields.end(),
                        [&](const Field* field) { return may_decide(*field, role); });
  });
  return roles;
}

}  // namespace truce
