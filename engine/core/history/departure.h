// When a record's link to its golden record ended: it was merged away inside its system, or left
// alone where two golden records were joined. What it said by then stands; what it says afterwards
// is no word of that golden record. Kept as the history of a pseudo-field, as its deletes are
// (presence.h), so that nobody need say it twice and of several signs the earliest counts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "engine/core/history/timeline.h"

namespace truce {

inline const FieldName departure_field{"$link"};

// `stood_for`: the golden record that it was of, where that one was joined into another and it
// itself was left alone; empty: it went another way.
void note_departure(SourceRecord& record, Time at, const GoldenId& stood_for = {});
// It is linked again.
void forget_departure(SourceRecord& record);
// nullopt: it is linked, or was left before this was kept.
std::optional<Time> departed_at(const SourceRecord& record);
// The golden record that it still stands for where its system refers to it: it was left alone when
// that one was joined. Empty: it stands for the one that it is of.
GoldenId left_standing_for(const SourceRecord& record);

// What the history says up to `until`. The result points into its writes, or into itself.
Timeline read_timeline_until(const FieldHistory& history, Time until, const System& system,
                             const Field& field);
// As remembered_timeline(), of what `record` said of the field while it was linked. `history` is
// its own.
std::shared_ptr<const Timeline> timeline_while_linked(const SourceRecord& record,
                                                      const FieldHistory& history,
                                                      std::size_t policy_mark, const System& system,
                                                      const Field& field);

}  // namespace truce
