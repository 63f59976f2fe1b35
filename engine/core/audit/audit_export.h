// The audit trail for other programs. NDJSON loses nothing and can be verified again; CSV is for
// spreadsheets.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/work.h"

namespace truce {

// One line with its line feed: {"seq", "at", "kind", "actor", "entity", "golden_id", "event_key",
// "body", "previous_hash", "hash"}; what is empty is null; `at` in RFC 3339.
std::string to_ndjson(const AuditEntry& entry);
// An entry from a line of it, without the line feed. Other members are ignored; whether the entry
// is genuine is the verifier's matter.
Result<AuditEntry> audit_entry_from_ndjson(std::string_view line);

// RFC 4180: the header line and one line an entry, all cells quoted, lines ended by CR LF. The
// columns are the members of the NDJSON; the body is in one cell, as JSON.
std::string csv_header();
std::string to_csv(const AuditEntry& entry);
// One quoted cell. A text that a spreadsheet would take for a formula (it begins with = + - @, a
// tab or a carriage return) gets a ' in front.
std::string csv_cell(std::string_view text);

}  // namespace truce
