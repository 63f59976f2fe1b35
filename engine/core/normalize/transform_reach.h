// What of a record a jq program may look at, as far as its text tells. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce {

// A change as a part of a record shows it, in the system's own names.
struct ShownChange {
  std::vector<std::string> members;     // that changed
  std::vector<std::string> containers;  // the members around them, and others of the part
};

// `changed` as the system names it (`email`, `properties.email`, `emails[0].value`); empty: every
// member of `part` may have changed. `part` is an object. nullopt: a member that changed is not in
// it, so that nobody knows what is around it.
std::optional<ShownChange> shown_change(const std::vector<std::string>& changed, const Json& part);

// False only where the program surely reads nothing of the change: it gets at the record by members
// that it names, and names none of these. It has passed the vetting of policies.
bool may_read(const std::string& program, const ShownChange& change);

}  // namespace truce
