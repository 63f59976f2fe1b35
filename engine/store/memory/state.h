// The tables of the memory store with their indexes. Rows are immutable and shared: two states, an
// undo log and a redo log hold the same row.
//
// Every change goes through assign(key, row): it puts the row (null: removes it), keeps the indexes
// and gives what stood there before. The same call applies, undoes and repeats a change, so no
// index can be forgotten by one of the three.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/model/reconciliation.h"
#include "engine/core/model/work.h"
#include "engine/store/recent_times.h"

namespace truce::memory {

template <class Row>
using Held = std::shared_ptr<const Row>;

struct SourceKey {
  SystemName system;
  EntityName entity;
  RecordId record;
  auto operator<=>(const SourceKey&) const = default;
};

// The match keys of one source record.
struct RecordKeys {
  GoldenId golden;
  std::map<std::string, bool> current;  // key -> shown now
};

struct References {
  std::vector<GoldenId> parents;
};

struct ExceptionRow {
  ExceptionItem item;
  bool announced = false;
};

struct GuardWindow {
  SystemName system;
  EntityName entity;
  std::string kind;
  auto operator<=>(const GuardWindow&) const = default;
};
struct GuardKey {
  GuardWindow window;
  RecordId record;
  auto operator<=>(const GuardKey&) const = default;
};

// A staged record with the run that it is of, and the match keys that it shows.
struct StagedRow {
  RunId run;
  StagedRecord record;
  std::set<std::string> keys;
  std::set<std::string> indexed;  // of the keys
};
struct StagedPlace {
  RunId run;
  SystemName system;
  RecordId record;
  auto operator<=>(const StagedPlace&) const = default;
};
struct DiscrepancyKey {
  RunId run;
  std::uint64_t number = 0;
  auto operator<=>(const DiscrepancyKey&) const = default;
};

// The greatest sequence that a change ever had; retention does not lower it.
struct LastChange {
  auto operator<=>(const LastChange&) const = default;
};

template <class Key, class Row>
struct Step {
  Key key;
  Held<Row> before;
  Held<Row> after;
};
using AnyStep =
    std::variant<Step<SourceKey, SourceRecord>, Step<GoldenId, GoldenRecord>,
                 Step<GoldenId, References>, Step<SourceKey, RecordKeys>,
                 Step<std::uint64_t, Delivery>, Step<std::uint64_t, ExceptionRow>,
                 Step<EventKey, Receipt>, Step<EventKey, RawEvent>, Step<std::uint64_t, AuditEntry>,
                 Step<std::uint64_t, Change>, Step<LastChange, std::uint64_t>,
                 Step<EventKey, ParkedEvent>, Step<GuardKey, Time>, Step<std::string, std::string>,
                 Step<std::uint64_t, Reconciliation>, Step<std::uint64_t, StagedRow>,
                 Step<SourceKey, SnapshotMark>, Step<DiscrepancyKey, Discrepancy>>;

template <class Row>
using BySequence = std::map<std::uint64_t, Held<Row>>;
template <class Key>
using ByTime = std::set<std::pair<Time, Key>>;

struct State {
  std::map<SourceKey, Held<SourceRecord>> sources;
  std::map<GoldenId, std::set<std::tuple<SystemName, RecordId, EntityName>>> sources_by_golden;

  std::map<GoldenId, Held<GoldenRecord>> goldens;
  std::map<EntityName, std::size_t> goldens_present;  // without merged and deleted ones
  std::map<std::string, std::set<GoldenId>> goldens_by_policy;

  std::map<GoldenId, Held<References>> references;
  std::map<GoldenId, std::set<GoldenId>> children;

  std::map<SourceKey, Held<RecordKeys>> record_keys;
  std::map<std::pair<EntityName, std::string>, std::set<std::pair<SystemName, RecordId>>> holders;

  BySequence<Delivery> deliveries;
  std::map<DeliveryId, std::uint64_t> delivery_sequences;
  std::map<GoldenId, std::set<std::uint64_t>> deliveries_open;
  std::map<SystemName, ByTime<std::uint64_t>> deliveries_due;  // awaiting hand-out
  ByTime<std::uint64_t> leases;
  std::map<DeliveryState, std::uint64_t> deliveries_by_state;

  BySequence<ExceptionRow> exceptions;
  std::map<ExceptionId, std::uint64_t> exception_sequences;
  std::set<std::uint64_t> unanswered;
  std::map<std::string, std::uint64_t> unanswered_by_subject;
  std::map<GoldenId, std::set<std::uint64_t>> unanswered_by_golden;
  ByTime<std::uint64_t> unannounced;  // unanswered ones by due_at

  std::map<EventKey, Held<Receipt>> receipts;
  std::map<SystemName, ByTime<EventKey>> answers;
  std::map<EventKey, Held<RawEvent>> raws;
  ByTime<EventKey> raws_by_time;

  std::vector<Held<AuditEntry>> audit;  // sequence - 1
  std::map<GoldenId, std::vector<std::uint64_t>> audit_by_golden;
  std::map<EventKey, std::vector<std::uint64_t>> audit_by_event;
  BySequence<Change> changes;
  Held<std::uint64_t> last_change;

  std::map<EventKey, Held<ParkedEvent>> parked;
  std::map<std::string, ByTime<EventKey>> parked_by_cause;

  std::map<GuardKey, Held<Time>> guarded;
  std::map<GuardWindow, RecentTimes> guard_windows;
  ByTime<GuardKey> guarded_by_time;

  std::map<std::string, Held<std::string>> meta;

  BySequence<Reconciliation> runs;
  std::map<RunId, std::uint64_t> run_sequences;
  BySequence<StagedRow> staged;  // by number
  std::map<StagedPlace, std::uint64_t> staged_places;
  std::map<RunId, std::set<std::uint64_t>> staged_waiting;
  std::map<std::pair<RunId, GoldenId>, std::set<std::uint64_t>> staged_by_golden;
  std::map<std::pair<RunId, std::string>, std::set<std::uint64_t>> staged_by_key;
  std::map<SourceKey, Held<SnapshotMark>> marks;
  std::map<DiscrepancyKey, Held<Discrepancy>> discrepancies;

  Held<SourceRecord> assign(const SourceKey& key, Held<SourceRecord> row);
  Held<GoldenRecord> assign(const GoldenId& key, Held<GoldenRecord> row);
  Held<References> assign(const GoldenId& key, Held<References> row);
  Held<RecordKeys> assign(const SourceKey& key, Held<RecordKeys> row);
  Held<Delivery> assign(std::uint64_t key, Held<Delivery> row);
  Held<ExceptionRow> assign(std::uint64_t key, Held<ExceptionRow> row);
  Held<Receipt> assign(const EventKey& key, Held<Receipt> row);
  Held<RawEvent> assign(const EventKey& key, Held<RawEvent> row);
  // Only the entry after the last one may be put and only the last one removed.
  Held<AuditEntry> assign(std::uint64_t key, Held<AuditEntry> row);
  Held<Change> assign(std::uint64_t key, Held<Change> row);
  Held<std::uint64_t> assign(const LastChange& key, Held<std::uint64_t> row);
  Held<ParkedEvent> assign(const EventKey& key, Held<ParkedEvent> row);
  Held<Time> assign(const GuardKey& key, Held<Time> row);
  Held<std::string> assign(const std::string& key, Held<std::string> row);
  Held<Reconciliation> assign(std::uint64_t key, Held<Reconciliation> row);
  Held<StagedRow> assign(std::uint64_t key, Held<StagedRow> row);
  Held<SnapshotMark> assign(const SourceKey& key, Held<SnapshotMark> row);
  Held<Discrepancy> assign(const DiscrepancyKey& key, Held<Discrepancy> row);
};

// The row, or nullptr.
template <class Key, class Row>
const Row* find_row(const std::map<Key, Held<Row>>& table, const Key& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : found->second.get();
}

// What an index has under the key; nothing where it has not.
template <class Index, class Key>
const typename Index::mapped_type& members_of(const Index& index, const Key& key) {
  static const typename Index::mapped_type none{};
  const auto found = index.find(key);
  return found == index.end() ? none : found->second;
}

}  // namespace truce::memory
