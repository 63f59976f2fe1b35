#include <algorithm>

#include "engine/app/reconcile/piece_parts.h"

namespace truce {
namespace {

// They stand beside the kinds of change.
constexpr const char* linked_kind = "linked";
constexpr const char* made_kind = "made";

void count(RunCounts& counts, const Discrepancy& row) {
  ++counts.discrepancies;
  const std::string cause(to_string(row.cause));
  ++counts.causes[cause];
  if (!row.system.empty()) ++counts.causes_by_system[row.system.text][cause];
  switch (row.resolution) {
    case Resolution::auto_resolved:
      ++counts.auto_resolved[text_at(row.detail, "rule")];
      break;
    case Resolution::escalated:
      ++counts.escalated[text_at(row.detail, "category")];
      break;
    case Resolution::held:
      ++counts.held;
      break;
    case Resolution::none:
      break;
  }
  if (row.kind == DiscrepancyKind::excluded) ++counts.excluded;
  if (row.kind == DiscrepancyKind::ambiguous) ++counts.ambiguous;
}

// Its records that are as they were do not agree with one that is gone.
void count_no_match(Context& context, const Reconciliation& run, const Discrepancy& row) {
  if (row.kind != DiscrepancyKind::missing || row.golden.empty()) return;
  for (const StagedRecord& staged : context.store.staged_of(run.id, row.golden)) {
    if (staged.state == StagedState::same) {
      context.store.settle_staged(run.id, staged.number, row.golden);
    }
  }
}

void drop_lost_ids(ReadView& store, Discrepancy& row) {
  if (!row.golden.empty() && !store.find_golden(row.golden)) row.golden = GoldenId();
  row.detail.erase("deliveries");
  const ExceptionId item(text_at(row.detail, "exception_id"));
  if (!item.empty() && !store.find_exception(item)) row.detail.erase("exception_id");
}

}  // namespace

bool is_new_write(const Delivery& delivery) {
  return delivery.state == DeliveryState::pending ||
         (delivery.state == DeliveryState::verifying && delivery.attempt == 0);
}

void limit_creates(Context& context, const Reconciliation& run) {
  if (!run.max_creates) return;
  context.creates_left = *run.max_creates - std::min(*run.max_creates, run.counts.creates);
}

bool tells_of_absences(const SystemSnapshot& snapshot) {
  return snapshot.complete && snapshot.unreadable == 0;
}

void count_linked(Reconciliation& run, const SystemName& system) {
  ++run.counts.guarded[system.text][linked_kind];
}

std::uint64_t linked_and_shown(const Reconciliation& run, const SystemName& system) {
  const auto counts = run.counts.guarded.find(system.text);
  if (counts == run.counts.guarded.end()) return 0;
  const auto count = counts->second.find(linked_kind);
  return count == counts->second.end() ? 0 : count->second;
}

void count_made(RunCounts& counts, const SystemName& system) {
  ++counts.guarded[system.text][made_kind];
}

std::uint64_t records_made(const RunCounts& counts) {
  std::uint64_t made = 0;
  for (const auto& [system, kinds] : counts.guarded) {
    const auto count = kinds.find(made_kind);
    if (count != kinds.end()) made += count->second;
  }
  return made;
}

std::vector<Discrepancy> tried(Context& context, const Reconciliation& run,
                               const std::function<std::vector<Discrepancy>()>& work) {
  if (run.mode != RunMode::plan) return work();
  context.store.set_savepoint();
  std::vector<Discrepancy> found = work();
  context.store.rollback_to_savepoint();
  context.store.drop_savepoint();
  for (Discrepancy& row : found) drop_lost_ids(context.store, row);
  return found;
}

void add_discrepancies(Context& context, Reconciliation& run, std::vector<Discrepancy> found) {
  for (Discrepancy& row : found) {
    count(run.counts, row);
    count_no_match(context, run, row);
    context.store.append_discrepancy(run.id, row);
  }
}

}  // namespace truce
