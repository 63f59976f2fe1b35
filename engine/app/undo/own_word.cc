#include "engine/app/undo/own_word.h"

#include <algorithm>

#include "engine/core/history/timeline.h"
#include "engine/core/normalize/normalize.h"

namespace truce {
namespace {

// What the system holds by its own word; null where it is blank or what we wrote.
const Entry* own_word(const Timeline& timeline) {
  const auto says = [](const Entry& entry) {
    return entry.kind != EntryKind::repeat && entry.kind != EntryKind::stale;
  };
  const auto last = std::find_if(timeline.entries.rbegin(), timeline.entries.rend(), says);
  const bool is_own = last != timeline.entries.rend() && last->kind == EntryKind::assertion;
  return is_own ? &*last : nullptr;
}

bool came_before(const SourceRecord& source, const RecordTrail& trail, const TrailChange& first) {
  const auto came = trail.came.find({source.system, source.id});
  return came != trail.came.end() && came->second < first.sequence;
}

// A word that no event told is one of a comparison, or of a settled write.
bool is_undone_or_older(const Observation& word, const RecordTrail& trail,
                        const TrailChange& first) {
  const auto told = trail.told.find(word.event_key);
  if (told == trail.told.end()) return word.received_at <= first.at;
  return told->second.selected || told->second.sequence < first.sequence;
}

}  // namespace

std::optional<OwnWord> own_word_against(const Policy& policy, const RecordState& state,
                                        const RecordTrail& trail, const Field& field,
                                        const Value& value, const TrailChange& first) {
  for (const SourceRecord& source : state.sources) {
    const System* system = policy.system(source.system);
    const auto history = source.fields.find(field.name);
    const bool is_written = system && field.writes(source.system) &&
                            source.state == LinkState::active && !is_deleted(source) &&
                            history != source.fields.end();
    if (!is_written) continue;
    const auto timeline = remembered_timeline(history->second, mark_of(policy), *system, field);
    const Entry* word = own_word(*timeline);
    if (!word || are_held_alike(field, field.map.at(source.system), word->value, value)) continue;
    const bool came_with_it = !came_before(source, trail, first);
    if (came_with_it || !is_undone_or_older(*word->observation, trail, first)) {
      return OwnWord{&source, word->value, came_with_it};
    }
  }
  return std::nullopt;
}

}  // namespace truce
