// Taking what is stored of a record from one policy's fields to another's: facts, decisions, open
// questions, writes on their way. Pure but for `Transforms` and what the caller reads again.
//
// Until a migration is accepted, histories and decisions that cannot simply be called otherwise
// stay in their rows under names that no field can have (set_aside), so that the way back gives
// exactly them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "engine/core/migrate/schema_change.h"
#include "engine/core/plan/plan.h"

namespace truce {

enum class Course { onwards, back };

// What an event says of each field under the policy to come, in observations that carry the key
// they are asked for by. nullopt: the event is no longer kept as it came.
using Said = std::map<FieldName, Observation>;
using ReadAgain = std::function<std::optional<Said>(const SourceRecord&, const EventKey&)>;

struct Carriage {
  const Policy& from;
  const Policy& to;
  const EntityName& entity;
  const EntityChange& change;  // in the direction of travel
  Course course = Course::onwards;
  Transforms* transforms = nullptr;
  ReadAgain read_again;
  // The id of a golden record in a system, to write a reference as that system does.
  std::function<std::optional<RecordId>(const SystemName&, const GoldenId&)> linked_id;
};

FieldName set_aside(const FieldName& field);
FieldName taken_back(const FieldName& name);
bool is_set_aside(const FieldName& name);

// The record with the histories of the fields to come. A fact that cannot be carried leaves its
// history without a known base, so that nothing is believed that nobody said.
SourceRecord carry_source(const Carriage& carriage, const SourceRecord& source);
// A golden record with its sources, deliveries and open items; it is to be derived afterwards.
void carry_state(const Carriage& carriage, RecordState& state);

// Accepting: what was set aside goes. False: nothing was.
bool drop_set_aside(SourceRecord& source);
bool drop_set_aside(GoldenRecord& golden);

enum class Fate { lossless, lossy, lost };
// What becomes of a value that was observed in field `from` of the record that `carried` is the new
// form of: lossless when its new fields alone give the same value back.
Fate fate_of(const Carriage& carriage, const FieldName& from, const Observation& observed,
             const SourceRecord& carried);
// The same of what a person decided. A word of a person belongs to no system: any one that shows
// both fields tells what it means, beside what else `golden` shows.
Fate fate_of(const Carriage& carriage, const GoldenRecord& golden, const Decision& decision);
// What is decided of field `to` then; nullopt: nobody can say.
std::optional<Value> carried_decision(const Carriage& carriage, const GoldenRecord& golden,
                                      const Decision& decision, const FieldName& to);
// What this event shows in a field; nullptr: nothing.
const Observation* told_by(const FieldHistory& history, const EventKey& key);

}  // namespace truce
