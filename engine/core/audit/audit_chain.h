// The audit trail's chain: every entry holds the hash of the one before it.
//
//   hash = SHA-256(previous_hash + text), in lower-case hex, where `text` is the canonical JSON
//   (keys sorted, no white space) of {"actor", "at", "body", "entity", "event_key", "golden",
//   "kind", "sequence"}; `at` counts microseconds since 1970, and `body` is a string: the body's
//   own JSON, so that its numbers count with every digit as they are written. The first entry's
//   previous_hash is 64 zeros.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model/work.h"

namespace truce {

inline constexpr std::string_view first_previous_hash =
    "0000000000000000000000000000000000000000000000000000000000000000";

// The entry that follows `last`. Its time is never before the one of `last`: a clock that jumps
// back does not reorder the trail.
AuditEntry next_entry(const std::optional<AuditEntry>& last, Time now, std::string kind,
                      std::string actor, EntityName entity, GoldenId golden, EventKey event_key,
                      std::string body);

// What `hash` of this entry must be. It reads everything but `hash`.
std::string entry_hash(const AuditEntry& entry);

}  // namespace truce
