// What the engine needs of a store. Two implementations: store/sqlite and store/memory; one suite,
// tests/contract, holds both to this page. A store's behaviour goes into that suite first.
//
// Failure is sticky: after the first failure of the disk or the database, reads of that view give
// nothing, writes do nothing, and commit() gives the Problem. No call throws. A broken rule of the rows
// is `internal`, sticky as well; rollback_to_savepoint() forgives it, and nothing else.
//
// The rules of the rows:
// - an ambiguous source record has no `golden`; at most one active link for each golden record, entity
//   and system (to move a link, put the old holder first);
// - a leased delivery has handed_out_at and lease_expires_at, a delivered one settled_at;
// - an exception has closed_at exactly when it is resolved or dismissed; one unanswered exception for
//   each subject;
// - one receipt for each event key; audit sequences 1, 2, 3, … without gaps, never changed.
//
// JSON in a row (Delivery::body, AuditEntry::body, …) comes back with the same to_wire; its numbers may
// then be nodes of the other kind (json.h), so read them through to_int64 and number_text. Event keys,
// audit hashes and policy digests are 64 hex characters; other texts work and only take more room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/reconciliation.h"
#include "engine/core/model/work.h"

namespace truce {

// One value of one match key that a source record shows or has shown.
struct KeyHolder {
  SystemName system;
  RecordId record;
  GoldenId golden;       // empty while the record is not linked
  bool current = false;  // false: held earlier, no longer
};

struct DeliveryFilter {
  std::optional<DeliveryState> state;
  SystemName system;          // empty: all
  std::uint64_t after = 0;    // sequence
  std::size_t limit = 100;
};
struct ExceptionFilter {
  std::optional<ExceptionState> state;
  bool unanswered = false;  // open or claimed
  std::optional<Category> category;
  std::uint64_t after = 0;  // sequence
  std::size_t limit = 100;
};
struct AuditFilter {
  std::uint64_t after = 0;
  std::size_t limit = 100;
  GoldenId golden;     // empty: all
  EventKey event_key;  // empty: all
};

// Behind this event, in the order (received_at, event key).
struct RawFilter {
  Time received_at = Time::beginning();
  EventKey event_key;  // empty: all that came at received_at are behind it
  std::size_t limit = 100;
};
struct RunFilter {
  EntityName entity;  // empty: all
  std::optional<RunState> state;
  std::uint64_t after = 0;  // sequence
  std::size_t limit = 100;
};
struct DiscrepancyFilter {
  std::optional<DiscrepancyKind> kind;
  std::optional<Cause> cause;
  std::optional<Resolution> resolution;
  SystemName system;        // empty: all
  std::uint64_t after = 0;  // number
  std::size_t limit = 100;
};

struct NotStaged {
  std::vector<SourceRecord> records;
  RecordId searched_to;  // the last one that was looked at; `after` where there was none
  bool is_last = false;  // nothing stands behind it
};

// Counts for /metrics and /v1/stats.
struct StoreCounts {
  // goldens: without merged and deleted ones. deliveries_by_state: states that occur.
  // oldest_due_delivery: least due_at of what awaits hand-out, also when it lies ahead.
  std::uint64_t goldens = 0, sources = 0, receipts = 0, audit_entries = 0, parked = 0;
  std::map<std::string, std::uint64_t> deliveries_by_state;            // state name
  std::map<std::string, std::uint64_t> unanswered_exceptions_by_category;
  std::optional<Time> oldest_unanswered_exception;
  std::optional<Time> oldest_due_delivery;
};

// A place in the order (system, id) of an entity's source records; empty: before the first.
struct SourcePlace {
  SystemName system;
  RecordId record;
};

// A consistent view: what was committed when read() gave it. Not for use by two threads at once, and it
// must not outlive its store. A view is for one page of an answer: a call takes at most seconds, and a
// view that is held while the store needs its room is closed; both give `busy`.
// Texts are ordered by their bytes. A `limit` of 0 gives nothing.
class ReadView {
 public:
  virtual ~ReadView() = default;

  // Records. A source record is found also when it is unlinked, merged or deleted.
  virtual std::optional<SourceRecord> find_source(const SystemName&, const EntityName&,
                                                  const RecordId&) = 0;
  // Every source record whose `golden` this is, in the order (system, id).
  virtual std::vector<SourceRecord> sources_of(const GoldenId&) = 0;
  // An entity's source records behind this place, whatever became of them, in the order (system, id).
  virtual std::vector<SourceRecord> sources_behind(const EntityName&, const SourcePlace&,
                                                   std::size_t limit) = 0;
  virtual std::optional<GoldenRecord> find_golden(const GoldenId&) = 0;
  virtual std::size_t count_goldens(const EntityName&) = 0;  // without merged and deleted ones
  // Golden records derived under another policy than this, least id first; merged and deleted ones too.
  virtual std::vector<GoldenId> goldens_not_of_policy(const std::string& policy_sha256,
                                                      std::size_t limit) = 0;
  // Golden records that have a reference to this one, least id first.
  virtual std::vector<GoldenId> children_of(const GoldenId&) = 0;
  // Holders of one match key, current ones first, then by (system, record).
  virtual std::vector<KeyHolder> key_holders(const EntityName&, const std::string& key,
                                             std::size_t limit) = 0;

  // Outbox.
  virtual std::optional<Delivery> find_delivery(const DeliveryId&) = 0;
  // pending, leased, waiting, verifying, dead and discarded ones of a golden record, oldest first.
  virtual std::vector<Delivery> open_deliveries(const GoldenId&) = 0;
  // Due at `now` (pending or waiting with due_at <= now; verifying with a lookup to hand out), and no
  // older open delivery of the same golden record and system is leased. Oldest due first; at most
  // one for each golden record and system. `system` empty: all.
  // A lookup that is handed out is `leased` like any other, so `verifying` awaits its hand-out from
  // due_at on, and blocks younger deliveries until it is settled. Of two that are due, the older.
  virtual std::vector<Delivery> due_deliveries(const SystemName&, Time now, std::size_t limit) = 0;
  // Leased with lease_expires_at <= now, oldest first.
  virtual std::vector<Delivery> expired_leases(Time now, std::size_t limit) = 0;
  virtual std::vector<Delivery> list_deliveries(const DeliveryFilter&) = 0;

  // Operator's queue.
  virtual std::optional<ExceptionItem> find_exception(const ExceptionId&) = 0;
  virtual std::optional<ExceptionItem> unanswered_exception(const std::string& subject) = 0;
  virtual std::vector<ExceptionItem> unanswered_exceptions_of(const GoldenId&) = 0;
  // Those whose subject begins so, by subject. The text is not empty.
  virtual std::vector<ExceptionItem> unanswered_exceptions_under(const std::string& subject) = 0;
  virtual std::vector<ExceptionItem> list_exceptions(const ExceptionFilter&) = 0;
  // Unanswered ones whose due_at <= now and that were not announced yet (see announce_overdue), first
  // due first.
  virtual std::vector<ExceptionItem> overdue_exceptions(Time now, std::size_t limit) = 0;

  // Log.
  virtual std::optional<Receipt> find_receipt(const EventKey&) = 0;
  virtual std::optional<RawEvent> find_raw(const EventKey&) = 0;
  virtual std::vector<RawEvent> list_raw(const RawFilter&) = 0;
  virtual std::vector<AuditEntry> list_audit(const AuditFilter&) = 0;  // by sequence
  virtual std::optional<AuditEntry> last_audit() = 0;
  virtual std::vector<Change> list_changes(std::uint64_t after, std::size_t limit) = 0;
  // Received first first.
  virtual std::vector<ParkedEvent> parked_for(const std::string& waits_for, std::size_t limit) = 0;
  // What parked events wait for, in the order of that text, behind `after`.
  virtual std::vector<ParkedCause> parked_causes(const std::string& after, std::size_t limit) = 0;

  // Windows of the mass-change guard: distinct records of one system whose latest change was noted at
  // `since` or after. Cheap in a transaction, however many there are.
  virtual std::size_t count_guarded(const SystemName&, const EntityName&, const std::string& kind,
                                    Time since) = 0;

  // Small named values: cursors, alert states, the policy's text.
  virtual std::optional<std::string> find_meta(const std::string& name) = 0;

  // The slow loop. A run's staged records are in the order of their number.
  virtual std::optional<Reconciliation> find_run(const RunId&) = 0;
  virtual std::vector<Reconciliation> list_runs(const RunFilter&) = 0;
  virtual std::optional<StagedRecord> find_staged(const RunId&, const SystemName&,
                                                  const RecordId&) = 0;
  // Those that wait, behind this number.
  virtual std::vector<StagedRecord> waiting_staged(const RunId&, std::uint64_t after,
                                                   std::size_t limit) = 0;
  // Those whose `golden` this is, in every state.
  virtual std::vector<StagedRecord> staged_of(const RunId&, const GoldenId&) = 0;
  // Of the first `limit` that show this match key, and are indexed by it, those that wait.
  virtual std::vector<StagedRecord> staged_with_key(const RunId&, const std::string& key,
                                                    std::size_t limit) = 0;
  // The match keys of what was staged, from `from` on and before `to` (empty: all that come), by key
  // and number; of each the first `holders_max`.
  virtual std::vector<StagedKey> staged_keys_between(const RunId&, const std::string& from,
                                                     const std::string& to,
                                                     std::size_t holders_max) = 0;
  // Golden records of which something was staged, and all of it is `same`.
  virtual std::uint64_t count_same(const RunId&) = 0;
  // Source records of this system that are actively linked, deleted ones too, and of which nothing
  // was staged; by id, behind `after`. `limit` bounds those that are looked at.
  virtual NotStaged not_staged(const RunId&, const SystemName&, const EntityName&,
                               const RecordId& after, std::size_t limit) = 0;
  virtual std::optional<SnapshotMark> find_mark(const SystemName&, const EntityName&,
                                                const RecordId&) = 0;
  // The last audit entry of a golden record; 0: none.
  virtual std::uint64_t last_audit_of(const GoldenId&) = 0;
  virtual std::vector<Discrepancy> list_discrepancies(const RunId&, const DiscrepancyFilter&) = 0;

  virtual StoreCounts count_all() = 0;
  // The sticky failure, if any.
  virtual std::optional<Problem> failure() const = 0;
};

// The one writer's view: it sees its own writes. Destroyed without commit(): rolled back.
class Transaction : public ReadView {
 public:
  // A mark to return to, so that one bad job does not harm its neighbours. Marks do not nest: a new
  // one replaces the old one, which stays after a return to it. Without a mark a return is `internal`.
  virtual void set_savepoint() = 0;
  virtual void rollback_to_savepoint() = 0;
  // Gives the mark up, if there is one; what was done stays. Until then a store may keep what every
  // change replaces.
  virtual void drop_savepoint() = 0;

  // put_*: insert or replace by id (raw events and parked ones: by event key).
  virtual void put_source(const SourceRecord&) = 0;
  virtual void put_golden(const GoldenRecord&) = 0;
  // Replaces all references of `child`.
  virtual void put_references(const GoldenId& child, const std::vector<GoldenId>& parents) = 0;
  // The keys a source record shows now: earlier ones stay, marked not current. Moves all of them to
  // `golden` (empty: not linked).
  virtual void put_keys(const EntityName&, const SystemName&, const RecordId&, const GoldenId&,
                        const std::vector<std::string>& current_keys,
                        const std::vector<std::string>& earlier_keys) = 0;
  // Gives `sequence` to a new delivery or exception (last + 1, from 1), and sets that of a known one.
  virtual void put_delivery(Delivery&) = 0;
  virtual void put_exception(ExceptionItem&) = 0;
  // It stays announced through every later put_exception. An unknown id: nothing.
  virtual void announce_overdue(const ExceptionId&) = 0;
  // A second receipt of the same key is a failure of the caller: `internal`, sticky.
  virtual void put_receipt(const Receipt&) = 0;
  virtual void put_raw(const RawEvent&) = 0;
  // The next sequence is last + 1, without gaps; the entry must carry it.
  virtual void append_audit(const AuditEntry&) = 0;
  // Gives the change's sequence: greater than every one before, also than forgotten ones. 0: failed.
  virtual std::uint64_t append_change(const Change&) = 0;
  virtual void park(const ParkedEvent&) = 0;
  virtual void unpark(const EventKey&) = 0;
  virtual void note_guarded(const SystemName&, const EntityName&, const std::string& kind,
                            const RecordId&, Time at) = 0;
  virtual void put_meta(const std::string& name, const std::string& value) = 0;

  // Gives `sequence` to a new run, as put_delivery does.
  virtual void put_run(Reconciliation&) = 0;
  // A record that was staged before (system, id) is replaced, its keys too, and keeps its number.
  // True when it is new. The run must be known.
  virtual bool stage(const RunId&, StagedRecord&, const std::vector<std::string>& keys) = 0;
  // From now on `staged_with_key` finds these records by these keys. In the keys' order a store
  // writes a fraction of what it would write in any other.
  virtual void index_staged(const RunId&, const std::vector<StagedKey>&) = 0;
  // It was compared: `golden` as given, no body any more. One that was not staged: nothing.
  virtual void settle_staged(const RunId&, std::uint64_t number, const GoldenId& golden) = 0;
  virtual void put_mark(const SnapshotMark&) = 0;
  // Gives `number`.
  virtual void append_discrepancy(const RunId&, Discrepancy&) = 0;
  // At most `limit` rows a call; gives how many went.
  virtual std::size_t forget_staged(const RunId&, std::size_t limit) = 0;
  virtual std::size_t forget_discrepancies(const RunId&, std::size_t limit) = 0;
  // Of which nothing is staged and nothing was found any more.
  virtual void forget_run(const RunId&) = 0;

  // Retention: rows of before this time, at most `limit` a call; gives how many went. Receipts lose
  // their answer only (it is then empty).
  virtual std::size_t forget_raw_before(Time, std::size_t limit) = 0;
  virtual std::size_t forget_answers_before(const SystemName&, Time, std::size_t limit) = 0;
  virtual std::size_t forget_changes_before(Time, std::size_t limit) = 0;
  virtual std::size_t forget_guarded_before(Time, std::size_t limit) = 0;

  // Durable when it returns a value. `store-unknown-outcome`: nobody knows whether it is (a failed
  // fsync); the store refuses everything afterwards. Any other failure: it is not there.
  virtual Result<void> commit() = 0;
};

// Thread-safe but for begin(): one thread writes.
class Store {
 public:
  virtual ~Store() = default;
  // At most one transaction at a time: a second one fails with `internal` in all it does. It must be
  // used by the thread that began it.
  virtual std::unique_ptr<Transaction> begin() = 0;
  // Between transactions, on their thread, when everybody has been answered: work that the next one
  // would have to do first.
  virtual void tidy() {}
  virtual std::unique_ptr<ReadView> read() = 0;
  // A consistent copy under load, verified before it gets its name. Refuses an existing destination.
  virtual Result<void> backup(const std::string& destination) = 0;
  // Bytes on disk, 0 for a store without one.
  virtual std::uint64_t size_bytes() = 0;
};

}  // namespace truce
