// The contract's shapes of what the engine keeps.
#pragma once

#include "engine/app/context.h"
#include "engine/core/model/work.h"

namespace truce {

Json render(const Delivery& delivery);
// With age, texts for people and single-use tokens bound to the version.
Json render(const ExceptionItem& item, Time now, const Secrets& secrets);
// {system, value, changed_at, evidence, actor}. Of a group: `value` is that of the item's field,
// and `values` has all members.
Json render(const ExceptionItem& item, const Candidate& candidate);
Json render(const AuditEntry& entry);
Json render(const Change& change);

// The signed token by which one action on one version of an item may be taken once.
std::string action_token(const ExceptionItem& item, const std::string& action,
                         const Secrets& secrets);

}  // namespace truce
