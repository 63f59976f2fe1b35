#include "engine/core/audit/audit_chain.h"

#include <algorithm>
#include <utility>

#include "engine/core/model/hash.h"

namespace truce {

AuditEntry next_entry(const std::optional<AuditEntry>& last, Time now, std::string kind,
                      std::string actor, EntityName entity, GoldenId golden, EventKey event_key,
                      Json body) {
  AuditEntry entry;
  entry.sequence = last ? last->sequence + 1 : 1;
  entry.at = last ? std::max(last->at, now) : now;
  entry.kind = std::move(kind);
  entry.actor = std::move(actor);
  entry.entity = std::move(entity);
  entry.golden = std::move(golden);
  entry.event_key = std::move(event_key);
  entry.body = std::move(body);
  entry.previous_hash = last ? last->hash : std::string(first_previous_hash);
  entry.hash = entry_hash(entry);
  return entry;
}

std::string entry_hash(const AuditEntry& entry) {
  const Json content = {{"sequence", entry.sequence},
                        {"at", entry.at.us},
                        {"kind", entry.kind},
                        {"actor", entry.actor},
                        {"entity", entry.entity.text},
                        {"golden", entry.golden.text},
                        {"event_key", entry.event_key.text},
                        {"body", to_wire(entry.body)}};
  return sha256_hex(entry.previous_hash + to_canonical(content));
}

}  // namespace truce
