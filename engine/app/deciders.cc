#include "engine/app/deciders.h"

#include <algorithm>

namespace truce {

Result<void> check_decides(const std::vector<std::string>& deciders,
                           const std::vector<std::string>& roles) {
  if (deciders.empty() || roles.empty()) return {};
  const bool may = std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
    return std::find(deciders.begin(), deciders.end(), role) != deciders.end();
  });
  if (may) return {};
  std::string who;
  for (const std::string& role : deciders) who += (who.empty() ? "" : ", ") + role;
  return fail(Code::not_allowed, "the policy lets only " + who + " decide this field");
}

}  // namespace truce
