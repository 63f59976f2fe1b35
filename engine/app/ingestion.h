// One event on its way through the fast loop: what its steps share. Internal to engine/app.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/app/derive.h"
#include "engine/app/read_event.h"
#include "engine/core/identity/link.h"

namespace truce {

// What became of an event, before it is rendered.
struct Processed {
  OutcomeKind kind = OutcomeKind::unchanged;
  EventKey key;
  GoldenId golden;
  std::uint64_t audit_sequence = 0;
  std::string answer;    // JSON: the Outcome, but for its deliveries and its end unless stored
  bool stored = false;   // a receipt of it exists already
  bool has_due = false;  // deliveries of the record may be due
};

// What happens to an event that refers to a record nobody has linked yet.
enum class MissingParent { wait, leave_out };

// An event that reached its system, entity and id.
struct Arrival {
  const ChangeEvent& event;
  const System& system;
  const Entity& entity;
  RecordId id;
  NormalizedRecord record;
  OddShapes odd;           // of the record
  const std::string& raw;  // see ReadEvent
  EventKey key;
  Time at;             // the event's time, clamped
  Time received_at;    // of the first copy
  bool timed = false;  // false: nothing but the receipt gives the time
  bool clamped = false;
  bool released = false;    // it waited, and goes on now; the trail knows it
  bool past_guard = false;  // a person or a parent let it go on
  MissingParent missing_parent = MissingParent::wait;
  std::string batch = {};  // the request's that it came in; empty: none is named
  // By the run that shows it, so far: the guard measures by the records that there were before.
  std::size_t records_made = 0;
};

// What the steps found out, for the outcome and the audit entry.
struct Findings {
  std::optional<OutcomeKind> kind;  // decided early: held, parked, conflict of identity, …
  GoldenId golden;
  std::optional<RecordState> state;  // after the event
  std::optional<Plan> plan;
  std::vector<FieldProblem> problems;
  std::vector<ExceptionItem> items;        // beside those of the plan
  std::optional<PausedFields> paused;      // none: not looked up
  bool linked = false;                     // a link or a golden record was made
  int applied = 0, stale = 0, echoes = 0;  // observations by what they were taken for
  // How much of what it says is a guess, or left out, until the record is fetched.
  int guessed = 0;
  std::string why;
};

// The event with its time: what it says, else the record's, else the receipt's; never far ahead of
// that. `read` must outlive it.
Arrival arrival_of(const Policy& policy, const ReadEvent& read, Time received_at);
// What the subjects of the items about a record's refused fields begin with.
std::string refusals_of(const SystemName& system, const EntityName& entity, const RecordId& record);
// A refused field or event is an item of the queue: one for each record, field and kind of fault.
ExceptionItem problem_item(const Arrival& arrival, const GoldenId& golden,
                           const FieldProblem& problem);
// Opens the item, unless a person dismissed the same refusal before or a later good value is known;
// gives it where it is open.
std::optional<ExceptionItem> ask_about_refusal(Context& context, ExceptionItem item);
// Remembers that this refusal was dismissed.
void forgo_refusal(Context& context, const ExceptionItem& item);
// The record shows a good value of a field that was refused before: the item is answered.
bool answers_problem(const Arrival& arrival, const ExceptionItem& item);
void ask_about_clock(Context& context, const Arrival& arrival);

// upsert.cc: the steps of an upsert.
SourceRecord new_source(const Arrival& arrival, const RecordId& id);
// The observation that one field of the event makes.
Observation observe(const Arrival& arrival, const Field& field, const Value& value);
// References come as the system's own ids and are kept as golden ids. False: a parent is not linked
// yet, `waits_for` says which; with MissingParent::leave_out such fields are left out instead.
bool resolve_references(ReadView& store, Arrival& arrival, std::string& waits_for);
// The first field without which no new record is taken.
std::optional<FieldProblem> missing_required(const Arrival& arrival);
enum class GuardedChange { erase, clear, change };
std::string_view to_string(GuardedChange kind);
// What the guard counts: a value that the system is known to hold in this record is cleared, or
// changed.
std::optional<GuardedChange> guarded_change(const Context& context, const Arrival& arrival,
                                            const SourceRecord& source);

// upsert.cc, lifecycle.cc: one operation each.
Findings take_upsert(Context& context, Arrival& arrival);
Findings take_delete(Context& context, Arrival& arrival);
Findings take_restore(Context& context, Arrival& arrival);
Findings take_merge(Context& context, Arrival& arrival);
// The whole of a record that was merged away before anybody showed it: it is linked first and
// merged then, as if it had come in time.
Findings take_late_loser(Context& context, Arrival& arrival, SourceRecord loser);
// The whole of a record into which others were merged before anybody showed it: `source` takes the
// place that they left, or its own where its keys say that it has one, and they are merged into it
// there, as they would have been behind its record. `state` is that of the source, before and
// after; nothing happens to another. Gives the golden record that was joined into its own, if one
// was.
GoldenId take_unread(Context& context, const Arrival& arrival, SourceRecord& source,
                     std::optional<RecordState>& state, Findings& findings);
// The item about a merge was answered. A record that came with it under an id of its own, and was
// linked to nothing since, takes its place in `joined`; null: they are two, and which of them it is
// is asked.
void place_heir(Context& context, const ExceptionItem& item, RecordState* joined);

// linking.cc
// True for a record that nobody knows while a create of ours is on its way or of unknown fate: it
// may be the one that we made, under a key that was changed since. Its field history tells.
bool may_be_our_create(Context& context, const Arrival& arrival, const SourceRecord& source);
// It was deleted, another record has taken its place, and now it is shown again: who it is has to
// be asked anew, as of a record that nobody knows.
bool comes_back_displaced(Context& context, const SourceRecord& source, Time at);
void stand_alone(SourceRecord& source);
// Finds or makes the golden record of an unlinked source. Empty: ambiguous or skipped, findings say
// so.
std::optional<RecordState> link_source(Context& context, const Arrival& arrival,
                                       SourceRecord& source, Findings& findings);
// The golden record that the keys of the event's record link it to; nullopt: none, or several.
std::optional<GoldenId> golden_by_keys(Context& context, const Arrival& arrival);
// Asks a person which of `goldens` this record is, that is linked to none.
void ask_which(Context& context, const SourceRecord& source, const std::vector<GoldenId>& goldens,
               const std::string& why);
// Puts a source into a golden record's slot; what was there and gone moves aside. What was refused
// of the source is asked about with this golden record from then on, unless a good value came
// since.
void take_slot(Context& context, RecordState& state, SourceRecord& source);
// The match keys of what the source holds now.
std::vector<TierKeys> held_keys(const Context& context, const Entity& entity,
                                const SourceRecord& source);
// Index entries of what the source shows now and showed in this event; opens a duplicate item where
// another golden record has the same key. `indexed`: the keys that it held before the event, if
// they are in the index with the same link.
void index_keys(Context& context, const Entity& entity, const RecordState& state,
                const SourceRecord& source, const std::map<FieldName, Value>& shown,
                const std::vector<TierKeys>& indexed = {});
// Closes the question of who this record is, once none of those it asks about is left unlinked.
void close_settled_ambiguity(Context& context, const Entity& entity, const SourceRecord& source);
RecordState make_golden(Context& context, const Entity& entity);
// One of which a person says that it is none of `others`, so that a common key asks no more. It is
// one of them from then on.
RecordState make_golden_apart(Context& context, const Entity& entity, const std::string& actor,
                              std::vector<GoldenId>& others);
// What waited for this record to be linked goes on: parked events, and children's references.
void release_waiting(Context& context, const SourceRecord& source, bool new_link);
// Joins one golden record into another: links, decisions and keys move, the first becomes an alias.
// A record whose place is taken there was linked until `at`.
void join_goldens(Context& context, RecordState& from, RecordState& into, Time at);

// duplicates.cc
// Of the question whether two golden records are one.
std::string duplicate_subject(const GoldenId& a, const GoldenId& b);
// Asks it, unless it is asked already or a person told them apart. The creates of both wait then.
void open_duplicate(Context& context, const Entity& entity, const GoldenId& a, const GoldenId& b);
// Plans creates again that are not sent yet, of a record that the question is open about.
void hold_creates_back(Context& context, const GoldenId& golden);

// guards.cc
// Notes the change; true when there are more of them than the policy lets pass. `foreseen`: changed
// records that are not noted, for they are only planned. `made`: records that are no part of what
// it goes by.
bool is_mass_change(Context& context, const SystemName& system, const Entity& entity,
                    GuardedChange kind, const RecordId& record, std::size_t foreseen = 0,
                    std::size_t made = 0);
// True: the event is held; its item is in findings.
bool is_held(Context& context, const Arrival& arrival, GuardedChange kind, Findings& findings,
             std::size_t foreseen = 0);
// The item under which changes of this kind wait for a person.
ExceptionItem held_item(const Arrival& arrival, GuardedChange kind, std::size_t changed,
                        std::size_t all);

// ingest.cc: an event that waited, again. Its receipt exists; the audit trail gets a "release"
// entry.
Processed ingest_released(Context& context, const ParkedEvent& parked,
                          MissingParent missing_parent = MissingParent::wait);

// The same of an event that was read again, or of a part of it.
Processed take_again(Context& context, const ReadEvent& read, Time received_at,
                     MissingParent missing_parent);
// While the records of an entity are on their way to another schema, its events wait; see
// migrating.h. What had the guard behind it waits for the second.
inline constexpr const char* migration_cause = "migration/arrived";
inline constexpr const char* migration_cause_past_guard = "migration/released";
// What of it waits, first come first; at most `limit` go on. How many did.
std::size_t release_migrated(Context& context, std::size_t limit);

// parking.cc
// What an event waits for that refers to this record; parent_of() reads it again.
std::string reference_cause(const SystemName& system, const EntityName& entity, const RecordId& id);
struct Parent {
  SystemName system;
  EntityName entity;
  RecordId id;
};
std::optional<Parent> parent_of(const std::string& cause);
// Nothing waits for this any more, or it came: closes the item that asks about it, if there is one.
void close_parked_question(Context& context, const std::string& cause, const std::string& how);
// Once a minute: asks about those that have waited for longer than the policy lets them, and
// releases what a parent with very many children left behind. True when there is more to do at
// once.
bool look_after_parked(Context& context);

}  // namespace truce
