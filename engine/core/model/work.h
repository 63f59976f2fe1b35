// What the engine asks the world to do, and what it answers: deliveries, exceptions, outcomes,
// receipts, audit entries. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/facts.h"

namespace truce {

enum class Operation { create, update, erase, lookup };  // "create", "update", "delete", "lookup"
enum class DeliveryState {
  pending,
  leased,
  waiting,
  verifying,
  delivered,
  dead,
  withdrawn,
  discarded,
};
std::string_view to_string(Operation operation);
std::string_view to_string(DeliveryState state);
std::optional<DeliveryState> delivery_state_from(std::string_view word);
std::optional<Operation> operation_from(std::string_view word);

// One field of a delivery, as decided.
struct DeliveryField {
  Value value;
  Provenance provenance;
  std::optional<HistoryOrder> planned_after;
};

struct Delivery {
  DeliveryId id;
  GoldenId golden;
  EntityName entity;
  SystemName system;
  Operation operation = Operation::update;
  RecordId record_id;                         // empty: a create
  SharedMap<FieldName, DeliveryField> fields;  // canonical
  Shared<Json> body = Json();                 // the target's own shape and value forms
  std::string idempotency_key;                // the same over all attempts of one content
  DeliveryState state = DeliveryState::pending;
  Operation intended = Operation::update;  // what a lookup stands in for
  int attempt = 0;                         // hand-outs so far; the fencing token of a lease
  // Attempts before the last replay, which do not count again. Negative: so many more count, those of
  // the update that was sent and not seen, and in whose place this one was planned.
  int forgiven = 0;
  Time created_at;
  Time due_at;                        // when it may be handed out (next)
  std::optional<Time> handed_out_at;  // of the last hand-out
  std::optional<Time> lease_expires_at;
  std::optional<Time> settled_at;
  std::string error;               // the last failure, for people
  std::vector<FieldName> refused;  // given up: fields that the target named as the fault
  std::vector<FieldName> lossy;    // handed out: fields that the target will not keep as they are
  std::uint64_t sequence = 0;      // order of creation; the store gives it
};

enum class Category {
  conflict,
  rejected,
  ambiguous_match,
  duplicate,
  dead_letter,
  held_change,
  erase,
  merge,
  drift,
  clock,
  immutable,
  oscillation,
  lookup,
  parked,
  association,  // "delete" for erase
};
enum class ExceptionState { open, claimed, resolved, dismissed };
std::string_view to_string(Category category);
std::string_view to_string(ExceptionState state);
std::optional<Category> category_from(std::string_view word);
std::optional<ExceptionState> exception_state_from(std::string_view word);

struct Candidate {
  SystemName system;
  Value value;
  Time changed_at;
  Evidence evidence = Evidence::possible;
  std::string actor;
  HistoryOrder order;  // of its assertion
};

// An item of the operator's queue. `subject` makes it one item: further facts on the same subject
// update it instead of opening a second one.
struct ExceptionItem {
  ExceptionId id;
  Category category = Category::conflict;
  ExceptionState state = ExceptionState::open;
  std::string subject;        // unique among the open items: "conflict/GOLDEN/FIELD"
  std::uint64_t version = 1;  // moves when what a person would answer to has changed
  EntityName entity;
  GoldenId golden;
  FieldName field;
  SystemName system;
  RecordId record;
  DeliveryId delivery;
  std::optional<Value> base;
  std::vector<Candidate> candidates;
  std::vector<std::string> actions;  // what resolve takes besides choose and value
  Json detail;                       // category's own: golden ids, errors, counts
  Time opened_at;
  Time updated_at;
  std::string owner;
  std::vector<std::string> roles;  // who may decide; empty: anybody with the scope
  std::optional<Time> due_at;
  std::string claimed_by;
  std::optional<Time> closed_at;
  std::string closed_by;
  std::string resolution;
  std::uint64_t sequence = 0;  // order of opening; the store gives it
};

enum class OutcomeKind {
  rejected,
  held,
  parked,
  incomplete,
  conflict,
  applied,
  stale,
  echo,
  unchanged,
  duplicate,
};
std::string_view to_string(OutcomeKind kind);
std::optional<OutcomeKind> outcome_kind_from(std::string_view word);

// The stored answer to one event. `answer` is the Outcome as JSON; after the dedup window it is cut
// down to kind, key, golden id and audit number, which are kept for ever.
struct Receipt {
  EventKey event_key;
  OutcomeKind kind = OutcomeKind::unchanged;
  GoldenId golden;
  std::uint64_t audit_sequence = 0;
  Time received_at;
  SystemName system;
  EntityName entity;
  std::string answer;
};

// One row of the audit trail. hash = SHA-256 over previous_hash and the canonical JSON of the rest.
struct AuditEntry {
  std::uint64_t sequence = 0;
  Time at;
  std::string kind;  // "event", "delivery", "decision", "policy", "exception", "link", "start", …
  std::string actor;
  EntityName entity;
  GoldenId golden;
  EventKey event_key;
  std::string body;  // JSON, as to_wire() writes it
  std::string previous_hash;
  std::string hash;
};

// One row of the feed for triggers.
struct Change {
  std::uint64_t sequence = 0;
  Time at;
  std::string kind;  // "exception", "overdue", "dead_letter", "due", "alert"
  std::string body;  // JSON
};

// A raw event as it came, private fields sealed; kept for raw_retention.
struct RawEvent {
  EventKey event_key;
  Time received_at;
  SystemName system;
  EntityName entity;
  std::string body;
};

// An event that waits for something: its parent's link, or a person's release.
struct ParkedEvent {
  EventKey event_key;
  std::string waits_for;  // "reference/SYSTEM/ENTITY/ID" or "exception/ID"
  Time received_at;
  std::string body;  // the ChangeEvent as JSON
};

// What parked events wait for.
struct ParkedCause {
  std::string waits_for;
  std::size_t events = 0;
  Time first_received_at;
};

// The store's form, JSON, as of the facts (facts.h).
std::string to_stored(const Delivery& delivery);
std::string to_stored(const ExceptionItem& item);
Delivery delivery_from_stored(const StoredNode& node);
ExceptionItem exception_from_stored(const StoredNode& node);

}  // namespace truce
