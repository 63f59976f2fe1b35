// What is known and never derived: observations, our own writes, links, deletes and decisions.
// Golden records, questions and deliveries are derived from these alone (the law, docs/model.md).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/shared_map.h"
#include "engine/core/model/stored_json.h"
#include "engine/core/model/time.h"
#include "engine/core/model/value.h"

namespace truce {

// certain: the source says that this field changed at this time. possible: only the record has a
// time.
enum class Evidence { certain, possible };
std::string_view to_string(Evidence evidence);
std::optional<Evidence> evidence_from(std::string_view word);

// Where an observation stands in its system's history of a field.
struct HistoryOrder {
  Time at;
  std::string version;  // the source's own; compared as a number where both are digits
  ValueHash hash;
};
std::strong_ordering operator<=>(const HistoryOrder& a, const HistoryOrder& b);
bool operator==(const HistoryOrder& a, const HistoryOrder& b);

// System S showed value V for field F at time T.
struct Observation {
  HistoryOrder order;
  Value value;
  Evidence evidence = Evidence::possible;
  std::optional<Value> previous;  // what the source says the field held before
  EventKey event_key;
  std::string actor;
  Time received_at;  // least of all copies
};

// The assertion that a written value came from. It travels with the write, so that a late event of
// the real author does not lose against its own echo.
struct Provenance {
  SystemName system;  // empty: a decision
  Time changed_at;
  Evidence evidence = Evidence::possible;
  EventKey event_key;
};

// Our own write of one field to one system, from hand-out on.
struct Write {
  enum class State {
    leased,        // handed out, no answer yet
    unknown,       // sent or not, nobody knows
    acknowledged,  // the target took it
  };
  DeliveryId delivery;
  State state = State::leased;
  Value value;  // canonical, as decided
  std::optional<HistoryOrder>
      planned_after;  // the observation it was planned against; none: the first
  Time handed_out_at;
  std::optional<Time> settled_at;  // acknowledged: when; unknown: when it was given up
  // What the target showed with its answer, or when it was looked up: an observation of the same
  // history.
  std::optional<HistoryOrder> stored;
  Provenance provenance;
};

std::string_view to_string(Write::State state);
std::optional<Write::State> write_state_from(std::string_view word);

struct KnownTimeline;  // engine/core/history/timeline.h

// What was read of a history, kept beside it for as long as it is as it was: a copy that is going to
// be another history has none. Any threads may look at one history at once.
class RememberedTimeline {
 public:
  RememberedTimeline() = default;
  RememberedTimeline(const RememberedTimeline&) noexcept {}
  RememberedTimeline& operator=(const RememberedTimeline&) noexcept {
    forget();
    return *this;
  }

  std::shared_ptr<const KnownTimeline> get() const { return std::atomic_load(&known_); }
  void keep(std::shared_ptr<const KnownTimeline> known) const {
    std::atomic_store(&known_, std::move(known));
  }
  void forget() { known_.reset(); }

 private:
  mutable std::shared_ptr<const KnownTimeline> known_;
};

struct FieldHistory {
  std::vector<Observation> observations;  // sorted by order; no order twice
  std::vector<Write> writes;              // sorted by (handed_out_at, delivery)
  RememberedTimeline remembered;          // what was last read of it; no part of the facts

  void about_to_change() { remembered.forget(); }
};

enum class LinkState {
  active,     // linked to `golden`
  ambiguous,  // not linked: an open item asks to which
  unlinked,   // deliberately left alone (delete policy ignore, or an operator)
  merged,     // gone into `merged_into` inside its own system
};
std::string_view to_string(LinkState state);
std::optional<LinkState> link_state_from(std::string_view word);

// One system's current view of one record, with all that was ever observed of it.
struct SourceRecord {
  SystemName system;
  EntityName entity;
  RecordId id;
  GoldenId golden;  // empty while ambiguous; unlinked, merged: the one it was linked to
  LinkState state = LinkState::active;
  RecordId merged_into;
  SharedMap<FieldName, FieldHistory> fields;
  std::optional<Time> deleted_at;  // greatest delete stamp
  std::optional<Time> present_at;  // greatest stamp of an upsert or restore
  Time first_seen;                 // least receipt
};

// In one system delete wins ties; only a restore or a later reappearance lifts it.
bool is_deleted(const SourceRecord& record);

// An operator's answer. It beats exactly the assertions it saw, and older ones of the same systems.
struct Decision {
  DecisionId id;
  FieldName field;
  Value value;
  Time decided_at;
  std::string actor;
  std::string note;
  std::map<SystemName, HistoryOrder> seen;
};

// A field that flips between two values too often is frozen until a person releases it.
struct Flips {
  std::vector<Time> at;  // within the breaker's window, oldest first
  Value previous;        // the value before the last flip
  bool frozen = false;
};

struct GoldenField {
  Value value;
  bool contested = false;  // an open question; the value is shown and never written
  SystemName system;       // of the winning assertion; empty: a decision
  Time changed_at;
  Evidence evidence = Evidence::possible;
  std::string rule;  // the rule's name, or "decision"
  std::string why;   // one sentence
  EventKey event_key;
};

struct Derivation;  // engine/core/survive/survive.h

// The surviving record: facts that belong to no system, and the last derivation.
struct GoldenRecord {
  GoldenId id;
  EntityName entity;
  std::vector<Decision> decisions;
  std::vector<SystemName> no_create;  // systems that this record is deliberately absent from
  // Where a record is neither made nor written before somebody has shown what stands there.
  std::vector<SystemName> unread_in;
  std::map<FieldName, Flips> flips;
  std::optional<Time> deleted_at;
  GoldenId merged_into;
  // Derived, kept for reading and for the audit's before and after:
  SharedMap<FieldName, GoldenField> fields;
  std::shared_ptr<const Derivation> derivation;  // where it is remembered; never stored
  std::uint64_t version = 0;  // moves with every change of what is shown
  Time created_at;
  Time updated_at;
  std::string policy_sha256;
};

// The store's form, JSON; its members are listed in facts_json.cc. from_stored accepts what
// to_stored made, also of older versions, never throws, and leaves the default where something
// cannot be read.
std::string to_stored(const SourceRecord& record);
std::string to_stored(const GoldenRecord& record);
SourceRecord source_record_from_stored(const StoredNode& node);
GoldenRecord golden_record_from_stored(const StoredNode& node);

}  // namespace truce
