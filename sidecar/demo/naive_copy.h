// The first strategy: whatever a webhook brings is written into the other CRM.
#pragma once

#include "sidecar/demo/strategy.h"

namespace truce::demo {

// Finds the other record by its address; makes one where there is none. No memory of its own.
Strategy naive_copy(CrmPair crms, Ledger& ledger);

}  // namespace truce::demo
