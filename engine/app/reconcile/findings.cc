#include <algorithm>

#include "engine/app/reconcile/piece_parts.h"

namespace truce {
namespace {

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
    context.store.append_discrepancy(run.id, row);
  }
}

}  // namespace truce
