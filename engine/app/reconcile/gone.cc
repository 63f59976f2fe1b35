// A record that a run found to be deleted or merged away, and what becomes of it.
#include "engine/app/open_writes.h"
#include "engine/app/reconcile/piece_parts.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

bool is_merge(const Arrival& arrival) { return arrival.event.operation == EventOperation::merge; }

void tell(const Arrival& arrival, const Findings& findings, Discrepancy& row, RunCounts& counts) {
  row.resolution = Resolution::auto_resolved;
  row.detail["rule"] =
      is_merge(arrival) ? "merge" : std::string(to_string(arrival.entity.on_delete));
  if (!findings.state) return;
  std::vector<ExceptionItem> asked = findings.state->items;
  asked.insert(asked.end(), findings.items.begin(), findings.items.end());
  for (const ExceptionItem& item : asked) {
    if (item.category != (is_merge(arrival) ? Category::merge : Category::erase)) continue;
    row.resolution = Resolution::escalated;
    row.detail["category"] = std::string(to_string(item.category));
    row.detail["exception_id"] = item.id.text;
  }
  if (!findings.plan) return;
  counts.creates_withheld += findings.plan->creates_withheld.size();
  for (const Delivery& delivery : findings.plan->deliveries) {
    if (!is_new_write(delivery)) continue;
    ++counts.deliveries;
    counts.creates += delivery.operation == Operation::create;
    row.detail["deliveries"].push_back(delivery.id.text);
  }
}

// What a plan has found before has left no marks for the guard.
std::optional<ExceptionItem> held_in_plan(Context& context, const Arrival& arrival,
                                          RunCounts& counts) {
  const GuardedChange kind = GuardedChange::erase;
  std::uint64_t& foreseen = counts.guarded[arrival.system.name.text][std::string(to_string(kind))];
  Findings findings;
  if (!is_held(context, arrival, kind, findings, foreseen++)) return std::nullopt;
  return findings.items.front();
}

void note(Context& context, const Reconciliation& run, const Arrival& arrival,
          const Findings& findings) {
  Json body{{"run", run.id.text},
            {"system", arrival.system.name.text},
            {"id", arrival.id.text},
            {"op", std::string(to_string(arrival.event.operation))},
            {"policy", context.policy.sha256}};
  if (is_merge(arrival)) body["merged_into"] = arrival.event.merged_into.text;
  if (findings.plan && findings.state) {
    put_derivation(context, *findings.state, *findings.plan, body);
  }
  write_audit(context, {"reconciliation", run.entity, findings.golden, {}, std::move(body)});
}

}  // namespace

Discrepancy missing_row(const SourceRecord& source) {
  Discrepancy row;
  row.kind = DiscrepancyKind::missing;
  row.cause = Cause::lost_event;
  row.system = source.system;
  row.golden = source.golden;
  row.detail = {{"record_id", source.id.text}, {"missing_in", Json::array({source.system.text})}};
  return row;
}

void take_gone(Context& context, const Reconciliation& run, Arrival& arrival, Discrepancy& row,
               RunCounts& counts) {
  if (is_merge(arrival)) row.detail["merged_into"] = arrival.event.merged_into.text;
  limit_creates(context, run);
  arrival.records_made = records_made(counts);
  if (run.mode == RunMode::plan && !is_merge(arrival)) {
    if (const auto item = held_in_plan(context, arrival, counts)) return tell_held(*item, row);
  }
  const Findings findings =
      is_merge(arrival) ? take_merge(context, arrival) : take_delete(context, arrival);
  if (findings.kind == OutcomeKind::held) return tell_held(findings.items.front(), row);
  if (findings.kind == OutcomeKind::rejected || findings.stale > 0) {
    row.kind = DiscrepancyKind::excluded;
    row.cause = Cause::unknown;
    row.detail["why"] = findings.stale > 0 ? findings.why : findings.problems.front().message;
    return;
  }
  tell(arrival, findings, row, counts);
  note(context, run, arrival, findings);
}

void tell_held(const ExceptionItem& item, Discrepancy& row) {
  row.resolution = Resolution::held;
  // Whether an event was lost is known when a person lets it through.
  row.cause = Cause::unknown;
  row.detail["category"] = std::string(to_string(item.category));
  row.detail["exception_id"] = item.id.text;
}

}  // namespace truce
