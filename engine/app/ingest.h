// The fast loop: one event in, everything that follows from it out, in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "engine/app/read_event.h"

namespace truce {

struct IngestOptions {
  bool hand_out = true;           // lease the deliveries of the outcome to the caller
  std::optional<Duration> lease;  // else the target system's lease
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::unchanged;
  std::string answer;  // JSON: the Outcome of the contract
};

// A batch in its order, read under the policy of `context`. Never fails: what is wrong with an
// event is in its outcome (`rejected`), and it is kept. Deliveries are handed out once, at the end,
// so that edits of one record in one batch make one write; each stands in the outcome of the last
// event that touched it.
std::vector<Outcome> ingest_all(Context& context, const std::vector<ReadEvent>& events,
                                const IngestOptions& options);

}  // namespace truce
