// Reading many events at once, before the writer's turn, on as many threads as there are processors.
#pragma once

#include <vector>

#include "engine/app/read_event.h"

namespace truce {

// In the order of `nodes`. Fewer than `slice_events_min` events a thread are not worth one.
inline constexpr std::size_t slice_events_min = 64;
std::vector<ReadEvent> read_ahead(const EventReader& reader, const std::vector<Json>& nodes);

}  // namespace truce
