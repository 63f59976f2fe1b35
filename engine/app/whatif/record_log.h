// What is known of one golden record, as facts: what the log can say again, and what only stands in
// the store any more. docs/decisions/replaying-the-log.md.
#pragma once

#include <optional>
#include <vector>

#include "engine/app/whatif/replay_parts.h"

namespace truce {

struct LoggedEvent {
  EventKey key;
  Time received_at;
  std::string raw;
  // False: it was refused, or is held or parked, so that it is no fact; `problems` says of how many
  // values the policy in force refuses.
  bool arrived = true;
  bool was_refused = false;
  std::size_t problems = 0;
};

// An observation or write of one field of one source record.
template <class Fact>
struct GivenFact {
  std::size_t source = 0;  // in RecordLog::sources
  FieldName field;
  Fact fact;
};

struct RecordLog {
  GoldenRecord golden;                 // as it is stored
  std::vector<SourceRecord> sources;   // as they are stored
  std::vector<ExceptionItem> items;    // unanswered
  std::vector<Delivery> deliveries;    // handed out or given up
  std::vector<LoggedEvent> events;     // in the order of their receipt
  std::vector<GivenFact<Observation>> observations;  // of which the log does not tell
  std::vector<GivenFact<Write>> writes;
  std::size_t forgotten = 0;  // of the observations: their events are past their retention
  bool read_under_one_policy = true;  // that in force, as far as the log goes back
};

// nullopt: the golden record went away, or its entity left the policy.
std::optional<RecordLog> gather(const ReplayParts& parts, ReadView& view, const GoldenId& golden,
                                const std::vector<EventKey>& events);

}  // namespace truce
