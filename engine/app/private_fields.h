// Values of fields that the policy marks private, as they stand in raw events and in the audit
// trail: sealed with a key that never enters the database. {"$sealed": base64}.
#pragma once

#include <initializer_list>

#include "engine/app/context.h"

namespace truce {

Json sealed(const Json& value, const Secrets& secrets);
// Seals these members of `node` where they are not null.
void seal_members(Json& node, std::initializer_list<const char*> members, const Secrets& secrets);
// The event as it is stored: the private fields of its record and of `previous` are sealed, and
// what bears their names elsewhere in the record. So is what came in the form of a seal.
Json sealed_event(const Json& event, const Entity& entity, const SystemName& system,
                  const Secrets& secrets);

struct Opened {
  Json node;
  bool whole = true;  // false: something of it is sealed with another key, and stays as it is
};
// Opens everything that is sealed inside, once.
Opened unsealed(const Json& node, const Secrets& secrets);
// Of a record that was not opened whole: what stands at the path is sealed, or in something that
// is.
bool is_under_seal(const Json& record, const Path& path);

}  // namespace truce
