#include "engine/store/memory/state.h"

#include "engine/store/row_rules.h"

namespace truce::memory {
namespace {

template <class Key, class Row>
Held<Row> exchange(std::map<Key, Held<Row>>& table, const Key& key, Held<Row> row) {
  const auto place = table.lower_bound(key);
  const bool stands = place != table.end() && place->first == key;
  if (stands) {
    Held<Row> before = std::move(place->second);
    if (row) {
      place->second = std::move(row);
    } else {
      table.erase(place);
    }
    return before;
  }
  if (row) table.emplace_hint(place, key, std::move(row));
  return nullptr;
}

// Removes from an index of sets, and the set when it is empty.
template <class Index, class Key, class Member>
void remove_from(Index& index, const Key& key, const Member& member) {
  const auto found = index.find(key);
  if (found == index.end()) return;
  found->second.erase(member);
  if (found->second.empty()) index.erase(found);
}

bool is_present(const GoldenRecord& golden) {
  return !golden.deleted_at && golden.merged_into.empty();
}

bool is_unannounced(const ExceptionRow& row) {
  return is_unanswered(row.item.state) && row.item.due_at && !row.announced;
}

void index_keys(State& state, const SourceKey& source, const RecordKeys& keys) {
  for (const auto& [key, current] : keys.current) {
    state.holders[{source.entity, key}].emplace(source.system, source.record);
  }
}

void unindex_keys(State& state, const SourceKey& source, const RecordKeys& keys) {
  for (const auto& [key, current] : keys.current) {
    remove_from(state.holders, std::pair(source.entity, key),
                std::pair(source.system, source.record));
  }
}

void index_delivery(State& state, const Delivery& delivery) {
  state.delivery_sequences[delivery.id] = delivery.sequence;
  ++state.deliveries_by_state[delivery.state];
  if (is_open(delivery.state)) state.deliveries_open[delivery.golden].insert(delivery.sequence);
  if (awaits_hand_out(delivery.state)) {
    state.deliveries_due[delivery.system].emplace(delivery.due_at, delivery.sequence);
  }
  if (delivery.state == DeliveryState::leased) {
    state.leases.emplace(*delivery.lease_expires_at, delivery.sequence);
  }
}

void unindex_delivery(State& state, const Delivery& delivery) {
  state.delivery_sequences.erase(delivery.id);
  --state.deliveries_by_state[delivery.state];
  remove_from(state.deliveries_open, delivery.golden, delivery.sequence);
  remove_from(state.deliveries_due, delivery.system, std::pair(delivery.due_at, delivery.sequence));
  if (delivery.lease_expires_at) {
    state.leases.erase({*delivery.lease_expires_at, delivery.sequence});
  }
}

void index_exception(State& state, const ExceptionRow& row) {
  const ExceptionItem& item = row.item;
  state.exception_sequences[item.id] = item.sequence;
  if (is_unanswered(item.state)) {
    state.unanswered.insert(item.sequence);
    state.unanswered_by_subject[item.subject] = item.sequence;
    if (!item.golden.empty()) state.unanswered_by_golden[item.golden].insert(item.sequence);
  }
  if (is_unannounced(row)) state.unannounced.emplace(*item.due_at, item.sequence);
}

void unindex_exception(State& state, const ExceptionRow& row) {
  const ExceptionItem& item = row.item;
  state.exception_sequences.erase(item.id);
  if (is_unanswered(item.state)) {
    state.unanswered.erase(item.sequence);
    state.unanswered_by_subject.erase(item.subject);
    remove_from(state.unanswered_by_golden, item.golden, item.sequence);
  }
  if (is_unannounced(row)) state.unannounced.erase({*item.due_at, item.sequence});
}

void index_staged(State& state, const StagedRow& row) {
  const StagedRecord& record = row.record;
  state.staged_places[{row.run, record.system, record.id}] = record.number;
  if (record.state == StagedState::waiting) state.staged_waiting[row.run].insert(record.number);
  if (!record.golden.empty())
    state.staged_by_golden[{row.run, record.golden}].insert(record.number);
  for (const std::string& key : row.indexed)
    state.staged_by_key[{row.run, key}].insert(record.number);
}

void unindex_staged(State& state, const StagedRow& row) {
  const StagedRecord& record = row.record;
  state.staged_places.erase({row.run, record.system, record.id});
  remove_from(state.staged_waiting, row.run, record.number);
  remove_from(state.staged_by_golden, std::pair(row.run, record.golden), record.number);
  for (const std::string& key : row.indexed) {
    remove_from(state.staged_by_key, std::pair(row.run, key), record.number);
  }
}

template <class Index, class Key>
void drop_last(Index& index, const Key& key) {
  if (key.empty()) return;
  const auto found = index.find(key);
  found->second.pop_back();
  if (found->second.empty()) index.erase(found);
}

}  // namespace

Held<SourceRecord> State::assign(const SourceKey& key, Held<SourceRecord> row) {
  const Held<SourceRecord> after = row;
  Held<SourceRecord> before = exchange(sources, key, std::move(row));
  const std::tuple place(key.system, key.record, key.entity);
  const GoldenId old_golden = before ? before->golden : GoldenId();
  const GoldenId new_golden = after ? after->golden : GoldenId();
  if (old_golden == new_golden) return before;
  if (!old_golden.empty()) remove_from(sources_by_golden, old_golden, place);
  if (!new_golden.empty()) sources_by_golden[new_golden].insert(place);
  return before;
}

Held<GoldenRecord> State::assign(const GoldenId& key, Held<GoldenRecord> row) {
  const Held<GoldenRecord> after = row;
  Held<GoldenRecord> before = exchange(goldens, key, std::move(row));
  if (before) {
    if (is_present(*before)) --goldens_present[before->entity];
    remove_from(goldens_by_policy, before->policy_sha256, key);
  }
  if (after) {
    if (is_present(*after)) ++goldens_present[after->entity];
    goldens_by_policy[after->policy_sha256].insert(key);
  }
  return before;
}

Held<References> State::assign(const GoldenId& key, Held<References> row) {
  const Held<References> after = row;
  Held<References> before = exchange(references, key, std::move(row));
  if (before) {
    for (const GoldenId& parent : before->parents) remove_from(children, parent, key);
  }
  if (after) {
    for (const GoldenId& parent : after->parents) children[parent].insert(key);
  }
  return before;
}

Held<RecordKeys> State::assign(const SourceKey& key, Held<RecordKeys> row) {
  const Held<RecordKeys> after = row;
  Held<RecordKeys> before = exchange(record_keys, key, std::move(row));
  if (before) unindex_keys(*this, key, *before);
  if (after) index_keys(*this, key, *after);
  return before;
}

Held<Delivery> State::assign(std::uint64_t key, Held<Delivery> row) {
  const Held<Delivery> after = row;
  Held<Delivery> before = exchange(deliveries, key, std::move(row));
  if (before) unindex_delivery(*this, *before);
  if (after) index_delivery(*this, *after);
  return before;
}

Held<ExceptionRow> State::assign(std::uint64_t key, Held<ExceptionRow> row) {
  const Held<ExceptionRow> after = row;
  Held<ExceptionRow> before = exchange(exceptions, key, std::move(row));
  if (before) unindex_exception(*this, *before);
  if (after) index_exception(*this, *after);
  return before;
}

Held<Receipt> State::assign(const EventKey& key, Held<Receipt> row) {
  const Held<Receipt> after = row;
  Held<Receipt> before = exchange(receipts, key, std::move(row));
  if (before && !before->answer.empty()) {
    remove_from(answers, before->system, std::pair(before->received_at, key));
  }
  if (after && !after->answer.empty()) answers[after->system].emplace(after->received_at, key);
  return before;
}

Held<RawEvent> State::assign(const EventKey& key, Held<RawEvent> row) {
  const Held<RawEvent> after = row;
  Held<RawEvent> before = exchange(raws, key, std::move(row));
  if (before) raws_by_time.erase({before->received_at, key});
  if (after) raws_by_time.emplace(after->received_at, key);
  return before;
}

Held<AuditEntry> State::assign(std::uint64_t key, Held<AuditEntry> row) {
  if (row) {
    if (!row->golden.empty()) audit_by_golden[row->golden].push_back(key);
    if (!row->event_key.empty()) audit_by_event[row->event_key].push_back(key);
    audit.push_back(std::move(row));
    return nullptr;
  }
  Held<AuditEntry> before = std::move(audit.back());
  audit.pop_back();
  drop_last(audit_by_golden, before->golden);
  drop_last(audit_by_event, before->event_key);
  return before;
}

Held<Change> State::assign(std::uint64_t key, Held<Change> row) {
  return exchange(changes, key, std::move(row));
}

Held<std::uint64_t> State::assign(const LastChange&, Held<std::uint64_t> row) {
  return std::exchange(last_change, std::move(row));
}

Held<ParkedEvent> State::assign(const EventKey& key, Held<ParkedEvent> row) {
  const Held<ParkedEvent> after = row;
  Held<ParkedEvent> before = exchange(parked, key, std::move(row));
  if (before) {
    remove_from(parked_by_cause, before->waits_for, std::pair(before->received_at, key));
  }
  if (after) parked_by_cause[after->waits_for].emplace(after->received_at, key);
  return before;
}

Held<Time> State::assign(const GuardKey& key, Held<Time> row) {
  const Held<Time> after = row;
  Held<Time> before = exchange(guarded, key, std::move(row));
  if (before) {
    guard_windows[key.window].remove(*before);
    guarded_by_time.erase({*before, key});
  }
  if (after) {
    guard_windows[key.window].add(*after);
    guarded_by_time.emplace(*after, key);
  }
  return before;
}

Held<std::string> State::assign(const std::string& key, Held<std::string> row) {
  return exchange(meta, key, std::move(row));
}

Held<Reconciliation> State::assign(std::uint64_t key, Held<Reconciliation> row) {
  const Held<Reconciliation> after = row;
  Held<Reconciliation> before = exchange(runs, key, std::move(row));
  if (before) run_sequences.erase(before->id);
  if (after) run_sequences[after->id] = key;
  return before;
}

Held<StagedRow> State::assign(std::uint64_t key, Held<StagedRow> row) {
  const Held<StagedRow> after = row;
  Held<StagedRow> before = exchange(staged, key, std::move(row));
  if (before) unindex_staged(*this, *before);
  if (after) index_staged(*this, *after);
  return before;
}

Held<SnapshotMark> State::assign(const SourceKey& key, Held<SnapshotMark> row) {
  return exchange(marks, key, std::move(row));
}

Held<Discrepancy> State::assign(const DiscrepancyKey& key, Held<Discrepancy> row) {
  return exchange(discrepancies, key, std::move(row));
}

}  // namespace truce::memory
