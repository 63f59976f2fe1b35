// The bodies of POST /v1/events: one event, {"events": […]}, lines of events, and payloads of known
// systems that a preset turns into events.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce {

inline constexpr std::size_t batch_events_max = 10'000;
inline constexpr Duration lease_max = Duration::of_ms(24 * 3'600'000);

// What of the body an event came of.
struct EventPlace {
  std::size_t index = 0;             // in `events`, or among the lines that are not empty
  std::optional<std::size_t> event;  // of a payload: which of its events
};

struct EventBatch {
  std::vector<Json> events;        // none where all payloads tell of none
  std::vector<EventPlace> places;  // of each of them
  std::optional<bool> hand_out;
  std::optional<Duration> lease;
};

// `schema` when the body is none of the forms; `batch-size` for a list without an entry, or more
// events than fit, also after a preset. Inside a list a payload that its preset cannot read becomes
// one event with a `problem`, to be rejected alone.
Result<EventBatch> read_event_batch(Json body, const Policy& policy);
// One JSON document a line; empty lines are skipped. A line that is no JSON is a Problem that names
// it: nothing of the body is taken.
Result<EventBatch> read_event_lines(std::string_view lines, const Policy& policy);

}  // namespace truce
