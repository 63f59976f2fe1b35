#include "engine/store/memory/transaction.h"

#include <algorithm>

#include "engine/store/row_rules.h"

namespace truce::memory {
namespace {

template <class Row>
std::uint64_t next_sequence(const BySequence<Row>& table) {
  return table.empty() ? 1 : table.rbegin()->first + 1;
}

// The keys that stand at the front of a time index, before `before`.
template <class Key>
std::vector<Key> oldest(const ByTime<Key>& index, Time before, std::size_t limit) {
  std::vector<Key> found;
  for (const auto& [time, key] : index) {
    if (time >= before || found.size() == limit) break;
    found.push_back(key);
  }
  return found;
}

// Another record that is the active link of this golden record, entity and system.
bool is_slot_taken(const State& state, const SourceRecord& record) {
  if (record.golden.empty() || record.state != LinkState::active) return false;
  const auto linked = state.sources_by_golden.find(record.golden);
  if (linked == state.sources_by_golden.end()) return false;
  return std::any_of(linked->second.begin(), linked->second.end(), [&](const auto& place) {
    const auto& [system, id, entity] = place;
    if (system != record.system || entity != record.entity || id == record.id) return false;
    return find_row(state.sources, SourceKey{system, entity, id})->state == LinkState::active;
  });
}

RecordKeys keys_after(const RecordKeys* before, const GoldenId& golden,
                      const std::vector<std::string>& current_keys,
                      const std::vector<std::string>& earlier_keys) {
  RecordKeys after{golden, before ? before->current : std::map<std::string, bool>()};
  for (auto& [key, current] : after.current) current = false;
  for (const std::string& key : earlier_keys) after.current[key] = false;
  for (const std::string& key : current_keys) after.current[key] = true;
  return after;
}

}  // namespace

MemoryTransaction::MemoryTransaction(Committer& committer, const std::shared_ptr<State>& working)
    : ForwardReads(working), committer_(committer), working_(working) {}

MemoryTransaction::~MemoryTransaction() {
  if (!ended_) end();
}

void MemoryTransaction::break_rule(const std::string& rule) {
  reads_.fail(Problem{Code::internal, "a rule of the store is broken: " + rule, {}});
}

void MemoryTransaction::undo_to(std::size_t length) {
  while (log_.size() > length) {
    std::visit([this](const auto& step) { working_->assign(step.key, step.before); }, log_.back());
    log_.pop_back();
  }
}

void MemoryTransaction::end() {
  undo_to(0);
  ended_ = true;
  reads_.fail(Problem{Code::internal, "the transaction is over", {}});
  committer_.release();
}

void MemoryTransaction::set_savepoint() {
  if (failure()) return;
  savepoint_ = log_.size();
}

void MemoryTransaction::rollback_to_savepoint() {
  if (ended_) return;
  if (!savepoint_) return break_rule("no_mark_to_return_to");
  undo_to(*savepoint_);
  if (failure() && failure()->code == Code::internal) reads_.forgive();
}

void MemoryTransaction::drop_savepoint() {
  if (!failure()) savepoint_.reset();
}

void MemoryTransaction::put_source(const SourceRecord& record) {
  if (failure()) return;
  if (const char* rule = broken_rule(record)) return break_rule(rule);
  if (is_slot_taken(*working_, record)) return break_rule("source_record_link");
  change(SourceKey{record.system, record.entity, record.id},
         std::make_shared<const SourceRecord>(record));
}

void MemoryTransaction::put_golden(const GoldenRecord& golden) {
  if (failure()) return;
  change(golden.id, std::make_shared<const GoldenRecord>(golden));
}

void MemoryTransaction::put_references(const GoldenId& child,
                                       const std::vector<GoldenId>& parents) {
  if (failure()) return;
  const References* before = find_row(working_->references, child);
  if (parents.empty() ? !before : before && before->parents == parents) return;
  change(child,
         parents.empty() ? nullptr : std::make_shared<const References>(References{parents}));
}

void MemoryTransaction::put_keys(const EntityName& entity, const SystemName& system,
                                 const RecordId& record, const GoldenId& golden,
                                 const std::vector<std::string>& current_keys,
                                 const std::vector<std::string>& earlier_keys) {
  if (failure()) return;
  const SourceKey key{system, entity, record};
  const RecordKeys* before = find_row(working_->record_keys, key);
  RecordKeys after = keys_after(before, golden, current_keys, earlier_keys);
  if (before && before->golden == after.golden && before->current == after.current) return;
  change(key, std::make_shared<const RecordKeys>(std::move(after)));
}

void MemoryTransaction::put_delivery(Delivery& delivery) {
  if (failure()) return;
  if (const char* rule = broken_rule(delivery)) return break_rule(rule);
  const auto known = working_->delivery_sequences.find(delivery.id);
  delivery.sequence = known == working_->delivery_sequences.end()
                          ? next_sequence(working_->deliveries)
                          : known->second;
  change(delivery.sequence, std::make_shared<const Delivery>(delivery));
}

void MemoryTransaction::put_exception(ExceptionItem& item) {
  if (failure()) return;
  if (const char* rule = broken_rule(item)) return break_rule(rule);
  const auto known = working_->exception_sequences.find(item.id);
  const bool is_new = known == working_->exception_sequences.end();
  const std::uint64_t sequence = is_new ? next_sequence(working_->exceptions) : known->second;
  const auto rival = working_->unanswered_by_subject.find(item.subject);
  const bool taken = rival != working_->unanswered_by_subject.end() && rival->second != sequence;
  if (is_unanswered(item.state) && taken) return break_rule("exception_subject");
  item.sequence = sequence;
  const bool announced = !is_new && find_row(working_->exceptions, sequence)->announced;
  change(sequence, std::make_shared<const ExceptionRow>(ExceptionRow{item, announced}));
}

void MemoryTransaction::announce_overdue(const ExceptionId& id) {
  if (failure()) return;
  const auto known = working_->exception_sequences.find(id);
  if (known == working_->exception_sequences.end()) return;
  const ExceptionRow* row = find_row(working_->exceptions, known->second);
  change(known->second, std::make_shared<const ExceptionRow>(ExceptionRow{row->item, true}));
}

void MemoryTransaction::put_receipt(const Receipt& receipt) {
  if (failure()) return;
  if (find_row(working_->receipts, receipt.event_key)) return break_rule("one_receipt_an_event");
  change(receipt.event_key, std::make_shared<const Receipt>(receipt));
}

void MemoryTransaction::put_raw(const RawEvent& raw) {
  if (failure()) return;
  change(raw.event_key, std::make_shared<const RawEvent>(raw));
}

void MemoryTransaction::append_audit(const AuditEntry& entry) {
  if (failure()) return;
  if (entry.sequence != working_->audit.size() + 1) return break_rule("audit_without_gaps");
  change(entry.sequence, std::make_shared<const AuditEntry>(entry));
}

std::uint64_t MemoryTransaction::append_change(const Change& change_row) {
  if (failure()) return 0;
  Change row = change_row;
  row.sequence = working_->last_change ? *working_->last_change + 1 : 1;
  const std::uint64_t sequence = row.sequence;
  change(LastChange{}, std::make_shared<const std::uint64_t>(sequence));
  change(sequence, std::make_shared<const Change>(std::move(row)));
  return sequence;
}

void MemoryTransaction::park(const ParkedEvent& event) {
  if (failure()) return;
  change(event.event_key, std::make_shared<const ParkedEvent>(event));
}

void MemoryTransaction::unpark(const EventKey& key) {
  if (failure() || !find_row(working_->parked, key)) return;
  change(key, Held<ParkedEvent>());
}

void MemoryTransaction::note_guarded(const SystemName& system, const EntityName& entity,
                                     const std::string& kind, const RecordId& record, Time at) {
  if (failure()) return;
  const GuardKey key{{system, entity, kind}, record};
  const Time* before = find_row(working_->guarded, key);
  if (before && *before >= at) return;
  change(key, std::make_shared<const Time>(at));
}

void MemoryTransaction::put_meta(const std::string& name, const std::string& value) {
  if (failure()) return;
  change(name, std::make_shared<const std::string>(value));
}

std::size_t MemoryTransaction::forget_raw_before(Time before, std::size_t limit) {
  if (failure()) return 0;
  const std::vector<EventKey> keys = oldest(working_->raws_by_time, before, limit);
  for (const EventKey& key : keys) change(key, Held<RawEvent>());
  return keys.size();
}

std::size_t MemoryTransaction::forget_answers_before(const SystemName& system, Time before,
                                                     std::size_t limit) {
  if (failure()) return 0;
  const auto index = working_->answers.find(system);
  if (index == working_->answers.end()) return 0;
  const std::vector<EventKey> keys = oldest(index->second, before, limit);
  for (const EventKey& key : keys) {
    Receipt receipt = *find_row(working_->receipts, key);
    receipt.answer.clear();
    change(key, std::make_shared<const Receipt>(std::move(receipt)));
  }
  return keys.size();
}

std::size_t MemoryTransaction::forget_changes_before(Time before, std::size_t limit) {
  if (failure()) return 0;
  std::vector<std::uint64_t> old;
  for (const auto& [sequence, row] : working_->changes) {
    if (old.size() == limit) break;
    if (row->at < before) old.push_back(sequence);
  }
  for (const std::uint64_t sequence : old) change(sequence, Held<Change>());
  return old.size();
}

std::size_t MemoryTransaction::forget_guarded_before(Time before, std::size_t limit) {
  if (failure()) return 0;
  const std::vector<GuardKey> keys = oldest(working_->guarded_by_time, before, limit);
  for (const GuardKey& key : keys) change(key, Held<Time>());
  return keys.size();
}

Result<void> MemoryTransaction::commit() {
  if (const std::optional<Problem> problem = failure()) {
    if (!ended_) end();
    return tl::unexpected(*problem);
  }
  committer_.publish(log_);
  log_.clear();
  end();
  return {};
}

}  // namespace truce::memory
