// The five numbers, counted from the audit trail and the operator's queue.
#pragma once

#include "engine/app/records.h"

namespace truce {

struct StatsWindow {
  Time from = Time::beginning();
  Time to = Time::end();  // not in it
  EntityName entity;      // empty: all
  SystemName system;      // empty: all
};

inline constexpr std::size_t stats_rows_max = 2'000'000;  // looked at in one answer

// {from, to, fast_loop, slow_loop, auto_resolved, escalated, time_to_resolution, queue, complete},
// see docs/api.md. `complete` is false when the window holds more rows than are looked at. A repeat
// of a known event leaves no audit entry and is not among the events here; /metrics counts it.
Result<Json> count_stats(Reader& reader, const StatsWindow& window);

// The trail is read behind this entry to see all that is not before `time`. Entries are in the
// order of their sequence; their times follow it but for a clock that was set back, so it is a
// place to begin.
std::uint64_t sequence_before(ReadView& store, Time time);

}  // namespace truce
