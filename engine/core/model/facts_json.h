// The store's form of the facts' parts, for those who store them inside something else.
#pragma once

#include "engine/core/model/facts.h"

namespace truce {

Json to_json(const HistoryOrder& order);
Json to_json(const Provenance& provenance);
HistoryOrder history_order_from_json(const Json& node);
Provenance provenance_from_json(const Json& node);
// `evidence` is written only where it is certain.
Evidence evidence_at(const Json& node, const char* key);

}  // namespace truce
