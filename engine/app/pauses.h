// Ending the pause of a field: by its shape, by a policy that reads it, or by a person. What came
// meanwhile is read again from the raw events before anything is written to the field.
#pragma once

#include "engine/app/shape_book.h"

namespace truce {

// What resolve takes for a paused field, beside dismiss: it is written again as it is.
inline constexpr const char* resume_action = "resume";

// The caller puts the book.
void begin_rereading(const Context& context, Pause& pause, const std::string& why);
// The item's count of records, as it is now: no new version, and nobody is told.
void update_pause_item(Context& context, const EntityName& entity, const Pause& pause);

// An operator's answer to the item of a pause; the caller closes the item.
void answer_pause(Context& context, const ExceptionItem& item, PauseAnswer answer);

// A bounded piece of what pauses leave to do. True when there is more to do at once.
bool look_after_pauses(Context& context);
// The earliest beginning of a pause; its records are counted from there on.
std::optional<Time> earliest_pause(Context& context);

}  // namespace truce
