#include "sidecar/api/roles.h"

#include <set>

namespace truce::api {

namespace {
constexpr std::string_view owner_token = "default";
}

std::vector<std::string> roles_of(const HttpRequest& request, const Policy& policy) {
  if (request.token_name != owner_token) return {request.token_name};
  std::set<std::string> roles = {request.token_name};
  for (const auto& [name, entity] : policy.entities) {
    if (!entity.owner.empty()) roles.insert(entity.owner);
    for (const auto& [system, owner] : entity.owner_of) roles.insert(owner);
    for (const auto& [field_name, field] : entity.fields) {
      roles.insert(field.decide_roles.begin(), field.decide_roles.end());
    }
  }
  return {roles.begin(), roles.end()};
}

}  // namespace truce::api
