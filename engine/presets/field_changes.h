// Which of a record's fields a source says it changed, and what they held before.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::vendor {

// Names are the source's own, as a policy's map path spells them: "email", "value.amount",
// "emails[primary=true].value".
struct FieldChanges {
  std::vector<std::string> changed;
  Json previous = Json::object();    // name -> raw value
  Json changed_at = Json::object();  // name -> time, where the source keeps a history
};

// What `before` tells about: every field there is, or only those that changed.
enum class Before { whole, partial };

// The leaves in which two records differ. Members of objects are named by their path; an array is
// one leaf; an object that appears or vanishes counts with all its leaves. A field that `before`
// does not have was null.
FieldChanges changes_between(const Json& before, const Json& after, Before scope);

}  // namespace truce::vendor
