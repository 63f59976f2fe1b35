// Which golden record each event of the log is about.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/app/whatif/replay_parts.h"

namespace truce {

struct LogIndex {
  std::map<GoldenId, std::vector<EventKey>> records;  // events in the order of their receipt
  std::size_t events = 0;
  std::size_t unlinked = 0;    // of a source record that no golden record has
  std::size_t unreadable = 0;  // under all of the policies
  std::optional<Time> from, to;
};

// {events, from, to, unlinked, unreadable, forgotten, complete}. `forgotten`: observations whose
// events are past their retention.
Json describe(const LogIndex& index, const LogPart& part, std::size_t forgotten);

// `batch-size` where the log is longer than `part.events_max`: the message says what to do. An
// event is read under the first of `policies` that can read it.
Result<LogIndex> index_log(const ReplayParts& parts, const LogPart& part,
                           const std::vector<PolicyPtr>& policies);

}  // namespace truce
