// The store's form of the facts' parts, for those who store them inside something else.
#pragma once

#include "engine/core/model/event_keys.h"
#include "engine/core/model/facts.h"

namespace truce {

void write(JsonText& out, const HistoryOrder& order);
void write(JsonText& out, const Provenance& provenance, EventKeys& keys);
HistoryOrder history_order_from_stored(const StoredNode& node);
Provenance provenance_from_stored(const StoredNode& node, const KeyList& keys);
// `evidence` is written only where it is certain.
Evidence evidence_at(const StoredNode& node, std::string_view key);

}  // namespace truce
