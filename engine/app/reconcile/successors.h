// Merges inside a system that no event told. Internal to this folder.
#pragma once

#include "engine/app/ingestion.h"
#include "engine/core/model/reconciliation.h"

namespace truce {

// The record of the same system that shows in this run a match key of `gone`, which the complete
// snapshot does not show any more: it was merged into that one. nullopt: there is none, or there
// are several and none is the one.
std::optional<RecordId> successor_of(Context& context, const Reconciliation& run,
                                     const SourceRecord& gone);

}  // namespace truce
