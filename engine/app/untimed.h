// A change that came to light in a picture of the whole record: when it was made is a guess, until
// the record is fetched with its field history
// (docs/decisions/asking-for-what-a-list-leaves-out.md).
#pragma once

#include <optional>

#include "engine/core/history/timeline.h"
#include "engine/core/model/json.h"
#include "engine/core/plan/plan.h"

namespace truce {

// True where the entry says something new, nobody said when, and something else stood there before.
inline bool is_untimed(const Entry& entry) {
  const bool says_news = entry.kind == EntryKind::assertion || entry.kind == EntryKind::blank;
  return says_news && entry.observation->evidence == Evidence::possible && !entry.before.empty();
}

// A record that is to be fetched with its field history and sent as an event.
struct RecordToFetch {
  SystemName system;
  EntityName entity;
  RecordId id;
  // Of a system that keeps a history of its fields, by its own clock:
  std::optional<Time> not_older_than = {};  // an older record lags
  std::optional<Time> since = {};           // what its history says from then on is enough
};

// {"system", "entity", "id", "not_older_than"?, "since"?}, the times as RFC 3339.
inline Json to_json(const RecordToFetch& record) {
  Json node{{"system", record.system.text}, {"entity", record.entity.text}, {"id", record.id.text}};
  if (record.not_older_than) node["not_older_than"] = to_rfc3339(*record.not_older_than);
  if (record.since) node["since"] = to_rfc3339(*record.since);
  return node;
}

// The one that a planned write waits for (docs/decisions/asking-who-was-last.md); nullopt: none
// waits.
inline std::optional<RecordToFetch> record_waited_for(const RecordState& state, const Plan& plan) {
  const SourceRecord* source =
      plan.ask_first ? linked_source(state, plan.ask_first->system) : nullptr;
  if (!source) return std::nullopt;
  RecordToFetch record{source->system, source->entity, source->id, plan.ask_first->shown_at};
  if (plan.ask_first->since > Time::beginning()) record.since = plan.ask_first->since;
  return record;
}

}  // namespace truce
