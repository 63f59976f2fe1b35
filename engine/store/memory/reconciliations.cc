// What the slow loop keeps, read and written.
#include <algorithm>

#include "engine/store/memory/transaction.h"

namespace truce::memory {
namespace {

constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

template <class Row>
std::uint64_t next_number(const BySequence<Row>& table) {
  return table.empty() ? 1 : table.rbegin()->first + 1;
}

bool is_wanted(const Discrepancy& row, const DiscrepancyFilter& filter) {
  return (!filter.kind || row.kind == *filter.kind) &&
         (!filter.cause || row.cause == *filter.cause) &&
         (!filter.resolution || row.resolution == *filter.resolution) &&
         (filter.system.empty() || row.system == filter.system);
}

}  // namespace

std::optional<Reconciliation> Reads::find_run(const RunId& run) const {
  const auto found = state_->run_sequences.find(run);
  if (found == state_->run_sequences.end()) return std::nullopt;
  return *find_row(state_->runs, found->second);
}

std::vector<Reconciliation> Reads::list_runs(const RunFilter& filter) const {
  std::vector<Reconciliation> found;
  for (auto row = state_->runs.upper_bound(filter.after); row != state_->runs.end(); ++row) {
    if (found.size() == filter.limit) break;
    const Reconciliation& run = *row->second;
    if (!filter.entity.empty() && run.entity != filter.entity) continue;
    if (filter.state && run.state != *filter.state) continue;
    found.push_back(run);
  }
  return found;
}

std::optional<StagedRecord> Reads::find_staged(const RunId& run, const SystemName& system,
                                               const RecordId& record) const {
  const auto place = state_->staged_places.find({run, system, record});
  if (place == state_->staged_places.end()) return std::nullopt;
  return find_row(state_->staged, place->second)->record;
}

std::vector<StagedRecord> Reads::staged_in(const std::set<std::uint64_t>& numbers,
                                           bool only_waiting, std::uint64_t after,
                                           std::size_t limit) const {
  std::vector<StagedRecord> found;
  std::size_t looked_at = 0;
  auto number = numbers.upper_bound(after);
  for (; number != numbers.end() && looked_at < limit; ++number, ++looked_at) {
    const StagedRecord& record = find_row(state_->staged, *number)->record;
    if (!only_waiting || record.state == StagedState::waiting) found.push_back(record);
  }
  return found;
}

std::vector<StagedRecord> Reads::waiting_staged(const RunId& run, std::uint64_t after,
                                                std::size_t limit) const {
  return staged_in(members_of(state_->staged_waiting, run), true, after, limit);
}

std::vector<StagedRecord> Reads::staged_of(const RunId& run, const GoldenId& golden) const {
  return staged_in(members_of(state_->staged_by_golden, std::pair(run, golden)), false, 0,
                   no_limit);
}

std::vector<StagedRecord> Reads::staged_with_key(const RunId& run, const std::string& key,
                                                 std::size_t limit) const {
  return staged_in(members_of(state_->staged_by_key, std::pair(run, key)), true, 0, limit);
}

std::vector<StagedKey> Reads::staged_keys_between(const RunId& run, const std::string& from,
                                                  const std::string& to,
                                                  std::size_t holders_max) const {
  std::map<std::string, std::vector<StagedKey>> holders;
  for (const auto& [number, row] : state_->staged) {
    if (row->run != run) continue;
    for (auto key = row->keys.lower_bound(from); key != row->keys.end(); ++key) {
      if (!to.empty() && *key >= to) break;
      if (holders[*key].size() < holders_max) holders[*key].push_back({*key, number});
    }
  }
  std::vector<StagedKey> found;
  for (const auto& [key, all] : holders) found.insert(found.end(), all.begin(), all.end());
  return found;
}

std::uint64_t Reads::count_same(const RunId& run) const {
  std::uint64_t count = 0;
  const auto begin = state_->staged_by_golden.lower_bound({run, GoldenId()});
  for (auto entry = begin; entry != state_->staged_by_golden.end(); ++entry) {
    if (entry->first.first != run) break;
    count += std::all_of(entry->second.begin(), entry->second.end(), [&](std::uint64_t number) {
      return find_row(state_->staged, number)->record.state == StagedState::same;
    });
  }
  return count;
}

NotStaged Reads::not_staged(const RunId& run, const SystemName& system, const EntityName& entity,
                            const RecordId& after, std::size_t limit) const {
  NotStaged found;
  found.searched_to = after;
  std::size_t looked_at = 0;
  for (auto row = state_->sources.upper_bound({system, entity, after});
       row != state_->sources.end() && looked_at < limit; ++row, ++looked_at) {
    const SourceRecord& source = *row->second;
    if (source.system != system || source.entity != entity) break;
    found.searched_to = source.id;
    const bool is_linked = !source.golden.empty() && source.state == LinkState::active;
    if (is_linked && !state_->staged_places.contains({run, system, source.id})) {
      found.records.push_back(source);
    }
  }
  found.is_last = looked_at < limit;
  return found;
}

std::optional<SnapshotMark> Reads::find_mark(const SystemName& system, const EntityName& entity,
                                             const RecordId& record) const {
  const SnapshotMark* mark = find_row(state_->marks, SourceKey{system, entity, record});
  return mark ? std::optional(*mark) : std::nullopt;
}

std::uint64_t Reads::last_audit_of(const GoldenId& golden) const {
  const auto entries = state_->audit_by_golden.find(golden);
  return entries == state_->audit_by_golden.end() ? 0 : entries->second.back();
}

std::vector<Discrepancy> Reads::list_discrepancies(const RunId& run,
                                                   const DiscrepancyFilter& filter) const {
  std::vector<Discrepancy> found;
  auto row = state_->discrepancies.upper_bound({run, filter.after});
  for (; row != state_->discrepancies.end() && found.size() < filter.limit; ++row) {
    if (row->first.run != run) break;
    if (is_wanted(*row->second, filter)) found.push_back(*row->second);
  }
  return found;
}

void MemoryTransaction::put_run(Reconciliation& run) {
  if (failure()) return;
  const auto known = working_->run_sequences.find(run.id);
  run.sequence =
      known == working_->run_sequences.end() ? next_number(working_->runs) : known->second;
  change(run.sequence, std::make_shared<const Reconciliation>(run));
}

bool MemoryTransaction::stage(const RunId& run, StagedRecord& record,
                              const std::vector<std::string>& keys) {
  if (failure()) return false;
  if (!working_->run_sequences.contains(run)) {
    break_rule("staged_of_a_run");
    return false;
  }
  if ((record.state == StagedState::waiting) == record.body.empty()) {
    break_rule("waiting_has_a_body");
    return false;
  }
  const auto place = working_->staged_places.find({run, record.system, record.id});
  const bool is_new = place == working_->staged_places.end();
  record.number = is_new ? next_number(working_->staged) : place->second;
  change(record.number, std::make_shared<const StagedRow>(
                            StagedRow{run, record, {keys.begin(), keys.end()}, {}}));
  return is_new;
}

void MemoryTransaction::index_staged(const RunId& run, const std::vector<StagedKey>& keys) {
  if (failure()) return;
  for (const StagedKey& key : keys) {
    const StagedRow* known = find_row(working_->staged, key.number);
    if (!known || known->run != run) continue;
    StagedRow row = *known;
    row.indexed.insert(key.key);
    change(std::uint64_t{key.number}, std::make_shared<const StagedRow>(std::move(row)));
  }
}

void MemoryTransaction::settle_staged(const RunId& run, std::uint64_t number,
                                      const GoldenId& golden) {
  const StagedRow* known = failure() ? nullptr : find_row(working_->staged, number);
  if (!known || known->run != run) return;
  StagedRow row = *known;
  row.record.state = StagedState::done;
  row.record.golden = golden;
  row.record.body.clear();
  change(number, std::make_shared<const StagedRow>(std::move(row)));
}

void MemoryTransaction::put_mark(const SnapshotMark& mark) {
  if (failure()) return;
  change(SourceKey{mark.system, mark.entity, mark.id}, std::make_shared<const SnapshotMark>(mark));
}

void MemoryTransaction::append_discrepancy(const RunId& run, Discrepancy& discrepancy) {
  if (failure()) return;
  if (!working_->run_sequences.contains(run)) return break_rule("discrepancy_of_a_run");
  const auto behind = working_->discrepancies.upper_bound({run, static_cast<std::uint64_t>(-1)});
  const bool has_one =
      behind != working_->discrepancies.begin() && std::prev(behind)->first.run == run;
  discrepancy.number = has_one ? std::prev(behind)->first.number + 1 : 1;
  change(DiscrepancyKey{run, discrepancy.number}, std::make_shared<const Discrepancy>(discrepancy));
}

std::size_t MemoryTransaction::forget_staged(const RunId& run, std::size_t limit) {
  if (failure()) return 0;
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, row] : working_->staged) {
    if (numbers.size() == limit) break;
    if (row->run == run) numbers.push_back(number);
  }
  for (const std::uint64_t number : numbers) change(number, Held<StagedRow>());
  return numbers.size();
}

std::size_t MemoryTransaction::forget_discrepancies(const RunId& run, std::size_t limit) {
  if (failure()) return 0;
  std::vector<DiscrepancyKey> keys;
  auto row = working_->discrepancies.upper_bound({run, 0});
  for (; row != working_->discrepancies.end() && keys.size() < limit; ++row) {
    if (row->first.run != run) break;
    keys.push_back(row->first);
  }
  for (const DiscrepancyKey& key : keys) change(key, Held<Discrepancy>());
  return keys.size();
}

void MemoryTransaction::forget_run(const RunId& run) {
  const auto known = working_->run_sequences.find(run);
  if (failure() || known == working_->run_sequences.end()) return;
  change(std::uint64_t{known->second}, Held<Reconciliation>());
}

}  // namespace truce::memory
