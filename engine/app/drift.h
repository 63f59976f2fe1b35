// Schema drift: which shapes a system's fields had, and since when, read from the raw events.
#pragma once

#include "engine/app/records.h"

namespace truce {

struct DriftWindow {
  Time from = Time::beginning();
  Time to = Time::end();  // not in it
  EntityName entity;      // empty: all
  SystemName system;      // empty: all
};

inline constexpr std::size_t drift_events_max = 200'000;  // looked at in one answer

// {fields: [{system, entity, path, field, shapes: [{shape, count, first_seen, last_seen}], records,
// null_share, length_max, options}], changed: [...], unmapped: [...], unused: [...], events,
// complete, from, to}. A shape is "text", "integer", "decimal", "boolean", "null", "list of text",
// "object", …: see docs/operations.md. `changed` names fields whose shape is another one since some
// time, with what to put into the policy; `unmapped` paths that the policy does not read, `unused`
// map entries that no event of the window had. Values of private fields are not looked at.
Result<Json> read_drift(Reader& reader, const DriftWindow& window);

}  // namespace truce
