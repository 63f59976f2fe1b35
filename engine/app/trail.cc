#include "engine/app/trail.h"

#include "engine/core/audit/audit_chain.h"

namespace truce {

std::uint64_t write_audit(Context& context, AuditNote note) {
  return write_audit_text(context, std::move(note.kind), std::move(note.entity),
                          std::move(note.golden), std::move(note.event_key), to_wire(note.body));
}

std::uint64_t write_audit_text(Context& context, std::string kind, EntityName entity,
                               GoldenId golden, EventKey event_key, std::string body) {
  const AuditEntry entry = next_entry(context.store.last_audit(), context.now, std::move(kind),
                                      context.actor, std::move(entity), std::move(golden),
                                      std::move(event_key), std::move(body));
  context.store.append_audit(entry);
  return entry.sequence;
}

void announce(Context& context, const std::string& kind, const Json& body) {
  Change change;
  change.at = context.now;
  change.kind = kind;
  change.body = to_wire(body);
  context.store.append_change(change);
}

void write_policy_change(Context& context, const std::string& policy_text) {
  context.store.put_meta("policy", policy_text);
  context.store.put_meta("policy_sha256", context.policy.sha256);
  write_audit(context, {"policy", {}, {}, {}, {{"sha256", context.policy.sha256}}});
}

}  // namespace truce
