// Small policies for these tests, and the events that go with them.
#pragma once

#include <string>

#include "engine/core/model/json.h"

namespace truce::test {

// Systems crm and desk with the entity contact: email is the key, name goes by recency, plan is for
// a person to decide, and phone is crm's.
std::string contact_policy();

// {system, entity: contact, id, occurred_at, record}; the time is `second` seconds from now.
Json contact(const std::string& system, const std::string& id, int second, const Json& record);

// For an event that is made anew and must be the same one.
inline constexpr const char* same_event_at = "2026-05-01T09:00:00Z";

}  // namespace truce::test
