// Whose word it is that a record is gone: its own system's, or ours that came back. Kept as the
// history of a pseudo-field, whose observations are the deletes that were told and whose writes are
// our own deletes, so that what a settle does to a write it does to these too.
#pragma once

#include "engine/core/model/facts.h"
#include "engine/core/policy/policy.h"

namespace truce {

inline const FieldName presence_field{"$record"};

// What one sign of a delete says: `order.at`, `evidence`, event key, actor and receipt count. It is
// certain where the system says when; possible where it was only found to be gone by then. Repeats
// and our own deletes coming back are told apart when the history is read.
void join_delete(SourceRecord& record, Observation told);

// The last sign that the record stands: what it showed of itself, and our writes that it took.
Time last_sign_of(const SourceRecord& record);

struct OwnDelete {
  Time at;     // possible: no later than this
  Time after;  // certain: the same. possible: the last sign of the record before it
};

// The delete that is the system's own word; nullopt: the record stands, or nobody there deleted it
// and we did. One that was stored before our own deletes were kept is the system's.
std::optional<OwnDelete> own_delete(const SourceRecord& record, const System& system);

}  // namespace truce
