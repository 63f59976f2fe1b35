// Writing the audit trail and the feed for triggers.
#pragma once

#include <string>

#include "engine/app/context.h"

namespace truce {

struct AuditNote {
  std::string kind;  // "event", "delivery", "decision", "policy", "exception", "link", "start"
  EntityName entity;
  GoldenId golden;
  EventKey event_key;
  Json body;
};

// Gives the entry's sequence.
std::uint64_t write_audit(Context& context, AuditNote note);
// `body` is JSON as to_wire() writes it.
std::uint64_t write_audit_text(Context& context, std::string kind, EntityName entity,
                               GoldenId golden, EventKey event_key, std::string body);
void announce(Context& context, const std::string& kind, const Json& body);
// A policy came into force; one audit entry, and every record is derived again by the sweep.
void write_policy_change(Context& context, const std::string& policy_text);

}  // namespace truce
