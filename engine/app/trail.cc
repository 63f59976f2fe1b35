#include "engine/app/trail.h"

#include "engine/core/audit/audit_chain.h"

namespace truce {

std::uint64_t write_audit(Context& context, AuditNote note) {
  const AuditEntry entry =
      next_entry(context.store.last_audit(), context.now, std::move(note.kind), context.actor,
                 note.entity, note.golden, note.event_key, std::move(note.body));
  context.store.append_audit(entry);
  return entry.sequence;
}

void announce(Context& context, const std::string& kind, Json body) {
  Change change;
  change.at = context.now;
  change.kind = kind;
  change.body = std::move(body);
  context.store.append_change(change);
}

void write_policy_change(Context& context, const std::string& policy_text) {
  context.store.put_meta("policy", policy_text);
  context.store.put_meta("policy_sha256", context.policy.sha256);
  write_audit(context, {"policy", {}, {}, {}, {{"sha256", context.policy.sha256}}});
}

}  // namespace truce
