// What an undo must not write over. Internal to this folder.
#pragma once

#include <optional>

#include "engine/app/undo/record_trail.h"

namespace truce {

struct OwnWord {
  const SourceRecord* source = nullptr;
  Value value;
  bool came_with_it = false;  // with its record, by what is undone or later
};

// A system's own word that `value` would be written over and that was not there, in this golden
// record, before `first`, the first of the undone changes, unless a selected event said it of a
// record that was. nullopt: whatever would be written over is ours, is undone, or had lost before.
std::optional<OwnWord> own_word_against(const Policy& policy, const RecordState& state,
                                        const RecordTrail& trail, const Field& field,
                                        const Value& value, const TrailChange& first);

}  // namespace truce
