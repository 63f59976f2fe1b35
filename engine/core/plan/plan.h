// The one decision point: from the facts of a golden record to what is shown, asked and written.
// Pure: the same facts give the same plan, whatever order they came in.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/normalize/normalize.h"
#include "engine/core/survive/as_joined.h"

namespace truce {

// A golden record with everything that hangs on it.
struct RecordState {
  GoldenRecord golden;
  std::vector<SourceRecord> sources;  // of every state, in the order (system, id)
  std::vector<Delivery> deliveries;   // open ones and dead letters, oldest first
  std::vector<ExceptionItem> items;   // unanswered
};

// Fields that are not written to these systems.
using PausedFields = std::set<std::pair<SystemName, FieldName>>;
// When that was said which stands there and could not be read.
using UnreadFields = std::map<std::pair<SystemName, FieldName>, Time>;

// What is not planned, although the facts ask for it.
struct WriteLimits {
  bool nothing = false;                            // what waits already is at most withdrawn
  std::optional<std::uint64_t> creates_left = {};  // none: as many as are wanted
  std::optional<PausedFields> paused = {};         // none: whoever knows puts them in
  UnreadFields unread = {};  // no word that it would have beaten is written over it
  bool makes_none = false;   // no record is made anywhere, nor made again
  bool asks_nobody = false;  // nobody hears `ask_first`: what is new waits for no answer

  bool is_paused(const SystemName& system, const FieldName& field) const {
    return paused && !paused->empty() && paused->contains({system, field});
  }
  // `planned`: new ones so far.
  bool allow_create(std::size_t planned) const { return !creates_left || planned < *creates_left; }
};

struct PlanContext {
  const Policy& policy;
  const Entity& entity;
  Time now;
  Transforms* transforms = nullptr;
  // The id under which a golden record of `entity` stands in `system`; nullopt while it is not
  // linked there: the reference is then not written yet.
  std::function<std::optional<RecordId>(const SystemName&, const EntityName&, const GoldenId&)>
      linked_id;
  std::function<std::string(const char* prefix)> next_id;
  WriteLimits limits = {};
  SurvivorOf survivor_of = {};  // of the records that are referred to
  // What a reference that this system holds stands for there, in the terms of today: the survivor
  // of a golden record that was joined, unless the system has kept a record of its own for it.
  std::function<Value(const SystemName&, const Field&, const Value&)> held_reference = {};
};

struct FieldChange {
  FieldName field;
  std::optional<GoldenField> before;
  std::optional<GoldenField> after;
};

struct Plan {
  std::vector<FieldChange> changes;  // of what is shown
  std::vector<Delivery> deliveries;  // new, coalesced or withdrawn; to be stored
  std::vector<ExceptionItem> items;  // opened, updated or closed; to be stored
  Survivors survivors;
  std::vector<SystemName> creates_withheld;  // by the limits
  // Whose record, fetched with its field history, may show that a write is wrong which waits for
  // it; none: no write waits.
  std::optional<UntimedWord> ask_first = {};
};

// Derives everything again and moves state.golden's derived part; state.deliveries and state.items
// take what the plan says.
Plan make_plan(const PlanContext& context, RecordState& state);
// Only what is shown: the golden record's fields as its sources give them now.
void show_golden(const PlanContext& context, RecordState& state);

// What a person decides about a delete is kept as a decision on this pseudo-field; its value is
// "propagate", "restore" or "ignore", and it answers the delete stamp in `seen`.
inline const FieldName delete_question{"$delete"};
// A dismissed question stays closed until its candidates change: a decision on this pseudo-field
// plus the item's subject, with the candidates' fingerprint as its note.
inline constexpr const char* dismissed_prefix = "$dismissed/";
std::string fingerprint(const std::vector<Candidate>& candidates);

// The living record of a system, if it is linked; null otherwise.
const SourceRecord* linked_source(const RecordState& state, const SystemName& system);

}  // namespace truce
