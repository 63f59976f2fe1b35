// Reading what came during a pause again. Internal to pauses.cc.
#pragma once

#include "engine/app/shape_book.h"

namespace truce {

// The policy in force reads the event that shows the pause best. Where that is past its retention a
// shape counts as read, and the next event tells; what is missing does not: a record ends that.
bool reads_example(Context& context, const Pause& pause);

// The next events of `pause.rereading`, which moves on. False: that was all. The stamps are those
// of the events, so the facts become what they would have been without a pause.
bool reread_piece(Context& context, const Entity& entity, Pause& pause);

}  // namespace truce
