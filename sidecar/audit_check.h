// Verifying a trail that is read page by page, from wherever it is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/audit/audit_verify.h"

namespace truce {

inline constexpr std::size_t audit_page = 1000;

// Up to so many entries behind a sequence; an empty page is the end of the trail.
using AuditPages =
    std::function<Result<std::vector<AuditEntry>>(std::uint64_t after, std::size_t limit)>;

// Reads the whole trail, and no more than stood there when the last page was read. `checkpoint`:
// genuine, or none. `store_id` empty: of any store.
Result<AuditReport> verify_trail(const AuditPages& pages, std::optional<Checkpoint> checkpoint,
                                 const std::string& store_id);

// {ok, entries, last_sequence, last_hash, faults, first: {sequence, fault, message} | null}
Json to_json(const AuditReport& report);

}  // namespace truce
