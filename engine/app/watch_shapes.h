// The shapes of a record's fields as it comes in: a field whose values took another shape, or that
// a system's records have no more, is paused and asked about once (docs/decisions/
// shapes-pause-a-field.md). Ending a pause: pauses.h.
#pragma once

#include "engine/app/ingestion.h"
#include "engine/app/shape_book.h"

namespace truce {

// What the subject begins with of an item about a paused field: shape/SYSTEM/ENTITY/FIELD.
inline constexpr const char* paused_field = "shape/";
std::string pause_subject(const SystemName& system, const EntityName& entity,
                          const FieldName& field);

// Takes note of an upsert's record, once for each event, and gives what is paused then. A single
// value where lists are the rule becomes a problem of the record. Of a released event (see Arrival)
// only the present pauses are given.
PausedFields watch_shapes(Context& context, Arrival& arrival);

// What the item of a pause says; `records` have come since it was opened.
Json pause_detail(const Context& context, const EntityName& entity, const Pause& pause,
                  std::size_t records);
// Distinct records in which the field came so, since the pause began.
std::size_t paused_records(Context& context, const EntityName& entity, const Pause& pause);

}  // namespace truce
