#include "engine/store/memory/reads.h"

#include <algorithm>

#include "engine/store/row_rules.h"

namespace truce::memory {
namespace {

template <class Key, class Row>
std::optional<Row> copy_of(const std::map<Key, Held<Row>>& table, const Key& key) {
  const Row* row = find_row(table, key);
  return row ? std::optional<Row>(*row) : std::nullopt;
}

template <class Row>
const Row& row_at(const BySequence<Row>& table, std::uint64_t sequence) {
  return *table.find(sequence)->second;
}

}  // namespace

std::optional<SourceRecord> Reads::find_source(const SystemName& system, const EntityName& entity,
                                               const RecordId& record) const {
  return copy_of(state_->sources, SourceKey{system, entity, record});
}

std::vector<SourceRecord> Reads::sources_of(const GoldenId& golden) const {
  std::vector<SourceRecord> found;
  for (const auto& [system, record, entity] : members_of(state_->sources_by_golden, golden)) {
    found.push_back(*find_row(state_->sources, SourceKey{system, entity, record}));
  }
  return found;
}

std::vector<SourceRecord> Reads::sources_behind(const EntityName& entity, const SourcePlace& place,
                                                std::size_t limit) const {
  std::vector<SourceRecord> found;
  const std::pair behind(place.system, place.record);
  for (auto row = state_->sources.lower_bound({place.system, {}, {}});
       row != state_->sources.end(); ++row) {
    const SourceRecord& source = *row->second;
    if (source.entity != entity || std::pair(source.system, source.id) <= behind) continue;
    if (found.size() == limit) break;
    found.push_back(source);
  }
  return found;
}

std::optional<GoldenRecord> Reads::find_golden(const GoldenId& golden) const {
  return copy_of(state_->goldens, golden);
}

std::size_t Reads::count_goldens(const EntityName& entity) const {
  return members_of(state_->goldens_present, entity);
}

std::vector<GoldenId> Reads::goldens_not_of_policy(const std::string& policy_sha256,
                                                   std::size_t limit) const {
  std::vector<GoldenId> found;
  if (limit == 0) return found;
  for (const auto& [policy, goldens] : state_->goldens_by_policy) {
    if (policy == policy_sha256) continue;
    for (const GoldenId& golden : goldens) {
      if (found.size() >= limit && found.back() < golden) break;
      found.insert(std::upper_bound(found.begin(), found.end(), golden), golden);
      if (found.size() > limit) found.pop_back();
    }
  }
  return found;
}

std::vector<GoldenId> Reads::children_of(const GoldenId& parent) const {
  const std::set<GoldenId>& children = members_of(state_->children, parent);
  return {children.begin(), children.end()};
}

std::vector<KeyHolder> Reads::key_holders(const EntityName& entity, const std::string& key,
                                          std::size_t limit) const {
  std::vector<KeyHolder> found;
  for (const auto& [system, record] : members_of(state_->holders, std::pair(entity, key))) {
    const RecordKeys* keys = find_row(state_->record_keys, SourceKey{system, entity, record});
    found.push_back({system, record, keys->golden, keys->current.at(key)});
  }
  std::stable_partition(found.begin(), found.end(), [](const KeyHolder& h) { return h.current; });
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::optional<Delivery> Reads::find_delivery(const DeliveryId& id) const {
  const auto found = state_->delivery_sequences.find(id);
  if (found == state_->delivery_sequences.end()) return std::nullopt;
  return row_at(state_->deliveries, found->second);
}

std::vector<Delivery> Reads::open_deliveries(const GoldenId& golden) const {
  std::vector<Delivery> found;
  for (const std::uint64_t sequence : members_of(state_->deliveries_open, golden)) {
    found.push_back(row_at(state_->deliveries, sequence));
  }
  return found;
}

// By an older open delivery of the same golden record and system that is out, of unknown fate, or
// due as well.
bool Reads::is_blocked(const Delivery& delivery, Time now) const {
  for (const std::uint64_t sequence : members_of(state_->deliveries_open, delivery.golden)) {
    if (sequence >= delivery.sequence) return false;
    const Delivery& older = row_at(state_->deliveries, sequence);
    if (older.system != delivery.system) continue;
    if (older.state == DeliveryState::leased || older.state == DeliveryState::verifying)
      return true;
    if (awaits_hand_out(older.state) && older.due_at <= now) return true;
  }
  return false;
}

void Reads::append_due(const ByTime<std::uint64_t>& queue, Time now, std::size_t limit,
                       std::vector<const Delivery*>& due) const {
  std::size_t taken = 0;
  for (const auto& [due_at, sequence] : queue) {
    if (due_at > now || taken == limit) return;
    const Delivery& delivery = row_at(state_->deliveries, sequence);
    if (is_blocked(delivery, now)) continue;
    due.push_back(&delivery);
    ++taken;
  }
}

std::vector<Delivery> Reads::due_deliveries(const SystemName& system, Time now,
                                            std::size_t limit) const {
  std::vector<const Delivery*> due;
  for (const auto& [queue_system, queue] : state_->deliveries_due) {
    if (system.empty() || system == queue_system) append_due(queue, now, limit, due);
  }
  std::sort(due.begin(), due.end(), [](const Delivery* a, const Delivery* b) {
    return std::pair(a->due_at, a->sequence) < std::pair(b->due_at, b->sequence);
  });
  if (due.size() > limit) due.resize(limit);
  std::vector<Delivery> found;
  found.reserve(due.size());
  for (const Delivery* delivery : due) found.push_back(*delivery);
  return found;
}

std::vector<Delivery> Reads::expired_leases(Time now, std::size_t limit) const {
  std::vector<Delivery> found;
  for (const auto& [expires_at, sequence] : state_->leases) {
    if (expires_at > now || found.size() == limit) break;
    found.push_back(row_at(state_->deliveries, sequence));
  }
  return found;
}

std::vector<Delivery> Reads::list_deliveries(const DeliveryFilter& filter) const {
  std::vector<Delivery> found;
  const BySequence<Delivery>& table = state_->deliveries;
  for (auto row = table.upper_bound(filter.after); row != table.end(); ++row) {
    if (found.size() == filter.limit) break;
    const Delivery& delivery = *row->second;
    if (filter.state && delivery.state != *filter.state) continue;
    if (!filter.system.empty() && delivery.system != filter.system) continue;
    found.push_back(delivery);
  }
  return found;
}

std::optional<ExceptionItem> Reads::find_exception(const ExceptionId& id) const {
  const auto found = state_->exception_sequences.find(id);
  if (found == state_->exception_sequences.end()) return std::nullopt;
  return row_at(state_->exceptions, found->second).item;
}

std::optional<ExceptionItem> Reads::unanswered_exception(const std::string& subject) const {
  const auto found = state_->unanswered_by_subject.find(subject);
  if (found == state_->unanswered_by_subject.end()) return std::nullopt;
  return row_at(state_->exceptions, found->second).item;
}

std::vector<ExceptionItem> Reads::unanswered_exceptions_of(const GoldenId& golden) const {
  std::vector<ExceptionItem> found;
  for (const std::uint64_t sequence : members_of(state_->unanswered_by_golden, golden)) {
    found.push_back(row_at(state_->exceptions, sequence).item);
  }
  return found;
}

std::vector<ExceptionItem> Reads::unanswered_exceptions_under(const std::string& subject) const {
  std::vector<ExceptionItem> found;
  const auto& all = state_->unanswered_by_subject;
  for (auto row = all.lower_bound(subject); row != all.end(); ++row) {
    if (!row->first.starts_with(subject)) break;
    found.push_back(row_at(state_->exceptions, row->second).item);
  }
  return found;
}

std::vector<ExceptionItem> Reads::list_exceptions(const ExceptionFilter& filter) const {
  std::vector<ExceptionItem> found;
  const BySequence<ExceptionRow>& table = state_->exceptions;
  for (auto row = table.upper_bound(filter.after); row != table.end(); ++row) {
    if (found.size() == filter.limit) break;
    const ExceptionItem& item = row->second->item;
    if (filter.state && item.state != *filter.state) continue;
    if (filter.unanswered && !is_unanswered(item.state)) continue;
    if (filter.category && item.category != *filter.category) continue;
    found.push_back(item);
  }
  return found;
}

std::vector<ExceptionItem> Reads::overdue_exceptions(Time now, std::size_t limit) const {
  std::vector<ExceptionItem> found;
  for (const auto& [due_at, sequence] : state_->unannounced) {
    if (due_at > now || found.size() == limit) break;
    found.push_back(row_at(state_->exceptions, sequence).item);
  }
  return found;
}

std::optional<Receipt> Reads::find_receipt(const EventKey& key) const {
  return copy_of(state_->receipts, key);
}

std::optional<RawEvent> Reads::find_raw(const EventKey& key) const {
  return copy_of(state_->raws, key);
}

std::vector<RawEvent> Reads::list_raw(const RawFilter& filter) const {
  std::vector<RawEvent> found;
  auto next = state_->raws_by_time.upper_bound({filter.received_at, filter.event_key});
  for (; next != state_->raws_by_time.end() && found.size() < filter.limit; ++next) {
    found.push_back(*find_row(state_->raws, next->second));
  }
  return found;
}

std::vector<AuditEntry> Reads::list_audit(const AuditFilter& filter) const {
  std::vector<AuditEntry> found;
  const auto take = [&](std::uint64_t sequence) {
    const AuditEntry& entry = *state_->audit[sequence - 1];
    if (!filter.golden.empty() && entry.golden != filter.golden) return;
    if (!filter.event_key.empty() && entry.event_key != filter.event_key) return;
    found.push_back(entry);
  };
  const auto take_listed = [&](const std::vector<std::uint64_t>& sequences) {
    auto next = std::upper_bound(sequences.begin(), sequences.end(), filter.after);
    for (; next != sequences.end() && found.size() < filter.limit; ++next) take(*next);
  };
  if (!filter.event_key.empty()) {
    take_listed(members_of(state_->audit_by_event, filter.event_key));
  } else if (!filter.golden.empty()) {
    take_listed(members_of(state_->audit_by_golden, filter.golden));
  } else if (filter.after < state_->audit.size()) {
    const std::size_t rest = state_->audit.size() - filter.after;
    for (std::size_t i = 1; i <= std::min(rest, filter.limit); ++i) take(filter.after + i);
  }
  return found;
}

std::optional<AuditEntry> Reads::last_audit() const {
  if (state_->audit.empty()) return std::nullopt;
  return *state_->audit.back();
}

std::vector<Change> Reads::list_changes(std::uint64_t after, std::size_t limit) const {
  std::vector<Change> found;
  const BySequence<Change>& table = state_->changes;
  for (auto row = table.upper_bound(after); row != table.end(); ++row) {
    if (found.size() == limit) break;
    found.push_back(*row->second);
  }
  return found;
}

std::vector<ParkedEvent> Reads::parked_for(const std::string& waits_for, std::size_t limit) const {
  std::vector<ParkedEvent> found;
  for (const auto& [received_at, key] : members_of(state_->parked_by_cause, waits_for)) {
    if (found.size() == limit) break;
    found.push_back(*find_row(state_->parked, key));
  }
  return found;
}

std::vector<ParkedCause> Reads::parked_causes(const std::string& after, std::size_t limit) const {
  std::vector<ParkedCause> found;
  const auto& causes = state_->parked_by_cause;
  for (auto cause = causes.upper_bound(after); cause != causes.end(); ++cause) {
    if (found.size() == limit) break;
    if (cause->second.empty()) continue;
    found.push_back({cause->first, cause->second.size(), cause->second.begin()->first});
  }
  return found;
}

std::size_t Reads::count_guarded(const SystemName& system, const EntityName& entity,
                                 const std::string& kind, Time since) const {
  return members_of(state_->guard_windows, GuardWindow{system, entity, kind}).count_since(since);
}

std::optional<std::string> Reads::find_meta(const std::string& name) const {
  return copy_of(state_->meta, name);
}

StoreCounts Reads::count_all() const {
  StoreCounts counts;
  for (const auto& [entity, present] : state_->goldens_present) counts.goldens += present;
  counts.sources = state_->sources.size();
  counts.receipts = state_->receipts.size();
  counts.audit_entries = state_->audit.size();
  counts.parked = state_->parked.size();
  for (const auto& [state, count] : state_->deliveries_by_state) {
    if (count > 0) counts.deliveries_by_state[std::string(to_string(state))] = count;
  }
  for (const std::uint64_t sequence : state_->unanswered) {
    const ExceptionItem& item = row_at(state_->exceptions, sequence).item;
    ++counts.unanswered_exceptions_by_category[std::string(to_string(item.category))];
    std::optional<Time>& oldest = counts.oldest_unanswered_exception;
    if (!oldest || item.opened_at < *oldest) oldest = item.opened_at;
  }
  for (const auto& [system, queue] : state_->deliveries_due) {
    std::optional<Time>& oldest = counts.oldest_due_delivery;
    if (!oldest || queue.begin()->first < *oldest) oldest = queue.begin()->first;
  }
  return counts;
}

}  // namespace truce::memory
