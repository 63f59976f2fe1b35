// Small policies for these tests, and the events that go with them.
#pragma once

#include <string>

#include "engine/core/model/json.h"

namespace truce::test {

// Systems crm and desk with the entity contact: email is the key, name goes by recency, plan is for
// a person to decide, and phone is crm's.
std::string contact_policy();

// {system, entity: contact, id, occurred_at, record}; the time is `second` seconds after the start
// of the tests.
Json contact(const std::string& system, const std::string& id, int second, const Json& record);

}  // namespace truce::test
