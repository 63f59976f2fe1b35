// The fast loop: one event in, everything that follows from it out, in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "engine/app/context.h"

namespace truce {

struct IngestOptions {
  bool hand_out = true;           // lease the deliveries of the outcome to the caller
  std::optional<Duration> lease;  // else the target system's lease
};

// One ChangeEvent of the contract, in or out of shape. Never fails: what is wrong with the event is
// in its outcome (`rejected`), and it is kept. The answer is the Outcome of the contract.
Json ingest(Context& context, const Json& event, const IngestOptions& options);

// A batch in its order. Deliveries are handed out once, at the end, so that edits of one record in
// one batch make one write; each stands in the outcome of the last event that touched it.
std::vector<Json> ingest_all(Context& context, const std::vector<Json>& events,
                             const IngestOptions& options);

}  // namespace truce
