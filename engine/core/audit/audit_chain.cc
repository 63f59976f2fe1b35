#include "engine/core/audit/audit_chain.h"

#include <algorithm>
#include <utility>

#include "engine/core/model/hash.h"
#include "engine/core/model/json_text.h"

namespace truce {

AuditEntry next_entry(const std::optional<AuditEntry>& last, Time now, std::string kind,
                      std::string actor, EntityName entity, GoldenId golden, EventKey event_key,
                      std::string body) {
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
  JsonText content;
  content.open_object();
  content.key("actor").string(entry.actor);
  content.key("at").number(entry.at.us);
  content.key("body").string(entry.body);
  content.key("entity").string(entry.entity.text);
  content.key("event_key").string(entry.event_key.text());
  content.key("golden").string(entry.golden.text);
  content.key("kind").string(entry.kind);
  content.key("sequence").count(entry.sequence);
  content.close_object();
  return sha256_hex(entry.previous_hash + content.take());
}

}  // namespace truce
