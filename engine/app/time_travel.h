// Golden records as they were, from the audit trail alone.
#pragma once

#include <map>
#include <optional>

#include "engine/app/context.h"

namespace truce {

struct PastField {
  Json value;
  bool contested = false;
  // {system, changed_at, evidence, rule, why, event_key} of when the value came. event_key: null
  // where the trail does not say.
  Json lineage;
};

// What the entries up to some point say of one golden record.
struct PastRecord {
  EntityName entity;
  std::map<FieldName, PastField> fields;
  std::optional<Time> deleted_at;
  GoldenId merged_into;  // empty: it stands for itself
  Time updated_at;       // when a value last changed
  std::uint64_t audit_sequence = 0;
};

// The next entry of this record's, in their order.
void take_entry(PastRecord& record, const AuditEntry& entry, const Secrets& secrets);

}  // namespace truce
