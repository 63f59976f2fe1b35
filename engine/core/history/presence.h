// Whose word it is that a record is gone: its own system's, or ours that came back. Kept as the
// history of a pseudo-field, whose observations are the deletes that were told and whose writes are
// our own deletes, so that what a settle does to a write it does to these too.
#pragma once

#include "engine/core/model/facts.h"
#include "engine/core/policy/policy.h"

namespace truce {

inline const FieldName presence_field{"$record"};

// The system told that it is gone. Replaces nothing: repeats and our own deletes coming back are
// told apart when the history is read.
void join_delete(SourceRecord& record, Time at, Time received_at, const EventKey& event_key,
                 const std::string& actor);

// The stamp of the delete that is the system's own word; nullopt: the record stands, or nobody there
// deleted it and we did. One that was stored before our own deletes were kept is the system's.
std::optional<Time> own_delete(const SourceRecord& record, const System& system);

}  // namespace truce
