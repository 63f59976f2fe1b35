#include "engine/core/model/reconciliation.h"

#include "engine/core/model/json_members.h"
#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto run_mode_names = name_table<RunMode, RunMode::link>("apply", "plan", "link");
constexpr auto run_state_names = name_table<RunState, RunState::failed>(
    "open", "running", "done", "expired", "abandoned", "failed");
constexpr auto run_stage_names =
    name_table<RunStage, RunStage::done>("keys", "records", "absences", "done");
constexpr auto staged_state_names =
    name_table<StagedState, StagedState::done>("waiting", "same", "done");
constexpr auto kind_names = name_table<DiscrepancyKind, DiscrepancyKind::ambiguous>(
    "different", "missing", "only", "excluded", "ambiguous");
constexpr auto cause_names =
    name_table<Cause, Cause::unknown>("lost_event", "out_of_order", "edit_since_last_event",
                                      "failed_delivery", "schema_drift", "never_linked", "unknown");
constexpr auto resolution_names =
    name_table<Resolution, Resolution::none>("auto_resolved", "escalated", "held", "none");

using Counts = std::map<std::string, std::uint64_t>;

void put_counts(JsonText& out, std::string_view key, const Counts& counts) {
  out.key(key).open_object();
  for (const auto& [name, count] : counts) out.key(name).count(count);
  out.close_object();
}

std::uint64_t count_of(const StoredNode& node) {
  return integer_in<std::uint64_t>(node.text).value_or(0);
}

Counts counts_of(const StoredNode& node) {
  Counts counts;
  for (const StoredNode& member : node) counts[std::string(member.key)] = count_of(member);
  return counts;
}

using CountsBySystem = std::map<std::string, Counts>;

void put_by_system(JsonText& out, std::string_view key, const CountsBySystem& counts) {
  out.key(key).open_object();
  for (const auto& [system, of_system] : counts) put_counts(out, system, of_system);
  out.close_object();
}

CountsBySystem counts_by_system_of(const StoredNode& node) {
  CountsBySystem counts;
  for (const StoredNode& system : node) counts[std::string(system.key)] = counts_of(system);
  return counts;
}

// The plain numbers, each with its name, for writing and reading alike.
template <class Totals, class Visit>
void each_total(Totals& counts, const Visit& visit) {
  visit("matched", counts.matched);
  visit("different", counts.different);
  visit("missing", counts.missing);
  visit("only", counts.only);
  visit("excluded", counts.excluded);
  visit("ambiguous", counts.ambiguous);
  visit("held", counts.held);
  visit("discrepancies", counts.discrepancies);
  visit("linked", counts.linked);
  visit("deliveries", counts.deliveries);
  visit("creates", counts.creates);
  visit("creates_withheld", counts.creates_withheld);
}

void write(JsonText& out, const RunCounts& counts) {
  out.open_object();
  each_total(counts, [&](const char* name, std::uint64_t count) { put_count(out, name, count); });
  put_counts(out, "auto_resolved", counts.auto_resolved);
  put_counts(out, "escalated", counts.escalated);
  put_counts(out, "causes", counts.causes);
  put_by_system(out, "causes_by_system", counts.causes_by_system);
  put_by_system(out, "guarded", counts.guarded);
  out.close_object();
}

RunCounts run_counts_of(const StoredNode& node) {
  RunCounts counts;
  each_total(counts, [&](const char* name, std::uint64_t& count) { count = count_at(node, name); });
  counts.auto_resolved = counts_of(object_at(node, "auto_resolved"));
  counts.escalated = counts_of(object_at(node, "escalated"));
  counts.causes = counts_of(object_at(node, "causes"));
  counts.causes_by_system = counts_by_system_of(object_at(node, "causes_by_system"));
  counts.guarded = counts_by_system_of(object_at(node, "guarded"));
  return counts;
}

void write(JsonText& out, const SystemSnapshot& snapshot) {
  out.open_object();
  put_count(out, "pages", snapshot.pages);
  put_count(out, "records", snapshot.records);
  put_count(out, "unreadable", snapshot.unreadable);
  put_flag(out, "complete", snapshot.complete);
  put_time(out, "first_observed_at", snapshot.first_observed_at);
  if (snapshot.absent) out.key("absent").count(*snapshot.absent);
  out.close_object();
}

SystemSnapshot snapshot_of(const StoredNode& node) {
  SystemSnapshot snapshot;
  snapshot.pages = count_at(node, "pages");
  snapshot.records = count_at(node, "records");
  snapshot.unreadable = count_at(node, "unreadable");
  snapshot.complete = flag_at(node, "complete");
  snapshot.first_observed_at = optional_time_at(node, "first_observed_at");
  if (const StoredNode* absent = node.find("absent")) snapshot.absent = count_of(*absent);
  return snapshot;
}

}  // namespace

std::string_view to_string(RunMode mode) { return run_mode_names.name_of(mode); }
std::string_view to_string(RunState state) { return run_state_names.name_of(state); }
std::string_view to_string(RunStage stage) { return run_stage_names.name_of(stage); }
std::string_view to_string(StagedState state) { return staged_state_names.name_of(state); }
std::string_view to_string(DiscrepancyKind kind) { return kind_names.name_of(kind); }
std::string_view to_string(Cause cause) { return cause_names.name_of(cause); }
std::string_view to_string(Resolution resolution) { return resolution_names.name_of(resolution); }

std::optional<RunMode> run_mode_from(std::string_view word) {
  return run_mode_names.value_of(word);
}
std::optional<RunState> run_state_from(std::string_view word) {
  return run_state_names.value_of(word);
}
std::optional<RunStage> run_stage_from(std::string_view word) {
  return run_stage_names.value_of(word);
}
std::optional<StagedState> staged_state_from(std::string_view word) {
  return staged_state_names.value_of(word);
}
std::optional<DiscrepancyKind> discrepancy_kind_from(std::string_view word) {
  return kind_names.value_of(word);
}
std::optional<Cause> cause_from(std::string_view word) { return cause_names.value_of(word); }
std::optional<Resolution> resolution_from(std::string_view word) {
  return resolution_names.value_of(word);
}

std::string to_stored(const Reconciliation& run) {
  JsonText out;
  out.open_object();
  put_id(out, "id", run.id);
  put_id(out, "entity", run.entity);
  put_map(out, "systems", run.systems,
          [&](const SystemSnapshot& snapshot) { write(out, snapshot); });
  put(out, "mode", to_string(run.mode));
  put(out, "state", to_string(run.state));
  put(out, "stage", to_string(run.stage));
  if (run.max_creates) out.key("max_creates").count(*run.max_creates);
  put_text(out, "actor", run.actor);
  put_time(out, "opened_at", run.opened_at);
  put_time(out, "touched_at", run.touched_at);
  put_time(out, "completed_at", run.completed_at);
  put_time(out, "ended_at", run.ended_at);
  write(out.key("counts"), run.counts);
  put_count(out, "key_ranges_done", run.key_ranges_done);
  put_count(out, "compared", run.compared);
  put_id(out, "absences_system", run.absences_system);
  put_id(out, "absences_after", run.absences_after);
  put_text(out, "problem", run.problem);
  put_flag(out, "is_cleared", run.is_cleared);
  put_count(out, "sequence", run.sequence);
  out.close_object();
  return out.take();
}

Reconciliation reconciliation_from_stored(const StoredNode& node) {
  Reconciliation run;
  run.id = id_at<RunId>(node, "id");
  run.entity = id_at<EntityName>(node, "entity");
  for (const StoredNode& system : object_at(node, "systems")) {
    run.systems.emplace(name_of<SystemName>(system), snapshot_of(system));
  }
  run.mode = run_mode_from(text_at(node, "mode")).value_or(run.mode);
  run.state = run_state_from(text_at(node, "state")).value_or(run.state);
  run.stage = run_stage_from(text_at(node, "stage")).value_or(run.stage);
  if (const StoredNode* most = node.find("max_creates")) run.max_creates = count_of(*most);
  run.actor = text_at(node, "actor");
  run.opened_at = time_at(node, "opened_at");
  run.touched_at = time_at(node, "touched_at");
  run.completed_at = optional_time_at(node, "completed_at");
  run.ended_at = optional_time_at(node, "ended_at");
  run.counts = run_counts_of(object_at(node, "counts"));
  run.key_ranges_done = count_at(node, "key_ranges_done");
  run.compared = count_at(node, "compared");
  run.absences_system = id_at<SystemName>(node, "absences_system");
  run.absences_after = id_at<RecordId>(node, "absences_after");
  run.problem = text_at(node, "problem");
  run.is_cleared = flag_at(node, "is_cleared");
  run.sequence = count_at(node, "sequence");
  return run;
}

}  // namespace truce
