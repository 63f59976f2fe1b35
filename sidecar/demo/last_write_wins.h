// The second strategy: the record that was modified last is written over the other one.
#pragma once

#include "sidecar/demo/strategy.h"

namespace truce::demo {

// Keeps a table of which record is which, reads the other record before it writes, compares, writes
// only the fields that differ, and joins in the catch-up poll: the careful hand-made version.
Strategy last_write_wins(CrmPair crms, Ledger& ledger);

}  // namespace truce::demo
