// Values of fields that the policy marks private, as they stand in raw events and in the audit
// trail: sealed with a key that never enters the database. {"$sealed": base64}.
#pragma once

#include <initializer_list>

#include "engine/app/context.h"

namespace truce {

Json sealed(const Json& value, const Secrets& secrets);
// Seals these members of `node` where they are not null.
void seal_members(Json& node, std::initializer_list<const char*> members, const Secrets& secrets);
// The event with the private fields of its record and of `previous` sealed.
Json sealed_event(const Json& event, const Entity& entity, const SystemName& system,
                  const Secrets& secrets);
// Opens everything that is sealed inside. What cannot be opened (another key) stays as it is.
Json unsealed(const Json& node, const Secrets& secrets);

}  // namespace truce
