// A change that came to light in a picture of the whole record: when it was made is a guess, until
// the record is fetched with its field history
// (docs/decisions/asking-for-what-a-list-leaves-out.md).
#pragma once

#include "engine/core/history/timeline.h"

namespace truce {

// True where the entry says something new, nobody said when, and something else stood there before.
inline bool is_untimed(const Entry& entry) {
  const bool says_news = entry.kind == EntryKind::assertion || entry.kind == EntryKind::blank;
  return says_news && entry.observation->evidence == Evidence::possible && !entry.before.empty();
}

}  // namespace truce
