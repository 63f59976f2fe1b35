// The slow loop: one comparison of snapshots, what was staged for it, and what it found. Plain
// values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/json.h"
#include "engine/core/model/stored_json.h"
#include "engine/core/model/time.h"

namespace truce {

// plan: says what would happen and changes nothing. link: links and takes the facts, writes
// nothing.
enum class RunMode { apply, plan, link };
// running: complete() was called and the records are being compared. expired: nobody called it in
// time. failed: its entity or a system left the policy.
enum class RunState { open, running, done, expired, abandoned, failed };
// What the run does next.
enum class RunStage { keys, records, absences, done };
std::string_view to_string(RunMode mode);
std::string_view to_string(RunState state);
std::string_view to_string(RunStage stage);
std::optional<RunMode> run_mode_from(std::string_view word);
std::optional<RunState> run_state_from(std::string_view word);
std::optional<RunStage> run_stage_from(std::string_view word);

// What was read of one system.
struct SystemSnapshot {
  std::uint64_t pages = 0;
  std::uint64_t records = 0;     // staged; the same record twice counts once
  std::uint64_t unreadable = 0;  // without an id that can be read, page by page
  bool complete = false;         // declared: what is not in it is not there
  std::optional<Time> first_observed_at;
  // Counted when the comparison is through: linked and living records that it does not show.
  std::optional<std::uint64_t> absent;
};

struct RunCounts {
  // Golden records, but for `ambiguous` (source records), `excluded` (fields and source records)
  // and `held` (source records).
  std::uint64_t matched = 0, different = 0, missing = 0, only = 0, excluded = 0, ambiguous = 0;
  std::uint64_t held = 0;
  std::uint64_t discrepancies = 0;
  std::uint64_t linked = 0;                            // source records that got a link
  std::uint64_t deliveries = 0;                        // planned
  std::uint64_t creates = 0;                           // of them
  std::uint64_t creates_withheld = 0;                  // by max_creates
  std::map<std::string, std::uint64_t> auto_resolved;  // by rule
  std::map<std::string, std::uint64_t> escalated;      // by category
  std::map<std::string, std::uint64_t> causes;
  // system -> cause -> discrepancies; of them the lost events are a system's missed ones.
  std::map<std::string, std::map<std::string, std::uint64_t>> causes_by_system;
  // What guards go by: system -> kind of change that a plan foresees, "linked", "made" -> records.
  std::map<std::string, std::map<std::string, std::uint64_t>> guarded;
};

struct Reconciliation {
  RunId id;
  EntityName entity;
  std::map<SystemName, SystemSnapshot> systems;
  RunMode mode = RunMode::apply;
  RunState state = RunState::open;
  RunStage stage = RunStage::keys;
  std::optional<std::uint64_t> max_creates;
  std::string actor;
  Time opened_at;
  Time touched_at;                   // by the last page
  std::optional<Time> completed_at;  // when complete() was called
  std::optional<Time> ended_at;
  RunCounts counts;
  std::uint64_t key_ranges_done = 0;  // of those that the match keys are taken in
  std::uint64_t compared = 0;         // staged records, so far
  // Where the search for absent records goes on: behind this record of this system.
  SystemName absences_system;
  RecordId absences_after;
  std::string problem;         // why it failed
  bool is_cleared = false;     // its staged records are gone
  std::uint64_t sequence = 0;  // order of opening; the store gives it
};
std::string to_stored(const Reconciliation& run);
Reconciliation reconciliation_from_stored(const StoredNode& node);

enum class StagedState {
  waiting,  // to be compared
  same,     // as it was when it was last found to match, and nothing has happened to it since
  done,
};
std::string_view to_string(StagedState state);
std::optional<StagedState> staged_state_from(std::string_view word);

// One record of a snapshot.
struct StagedRecord {
  std::uint64_t number = 0;  // order of staging within its run; the store gives it
  SystemName system;
  RecordId id;
  Time observed_at;
  std::string digest;  // SHA-256 of the record as it came, hex
  StagedState state = StagedState::waiting;
  GoldenId golden;   // empty: not linked when it was staged; afterwards the one it was compared in
  std::string body;  // the ChangeEvent as JSON, private fields sealed; empty unless waiting
};

// A match key that a staged record shows.
struct StagedKey {
  std::string key;
  std::uint64_t number = 0;  // of the record
  auto operator<=>(const StagedKey&) const = default;
};

// How a source record was when a comparison last found it to match: with the same digest, the same
// policy and no audit entry of its golden record since, there is nothing to compare.
struct SnapshotMark {
  SystemName system;
  EntityName entity;
  RecordId id;
  std::string digest;
  GoldenId golden;
  std::uint64_t audit_sequence = 0;
  std::string policy_sha256;
};

enum class DiscrepancyKind { different, missing, only, excluded, ambiguous };
enum class Cause {
  lost_event,
  out_of_order,
  edit_since_last_event,
  failed_delivery,
  schema_drift,
  never_linked,
  unknown,
};
enum class Resolution { auto_resolved, escalated, held, none };
std::string_view to_string(DiscrepancyKind kind);
std::string_view to_string(Cause cause);
std::string_view to_string(Resolution resolution);
std::optional<DiscrepancyKind> discrepancy_kind_from(std::string_view word);
std::optional<Cause> cause_from(std::string_view word);
std::optional<Resolution> resolution_from(std::string_view word);

// One difference that a run found.
struct Discrepancy {
  std::uint64_t number = 0;  // order within the run, from 1; the store gives it
  DiscrepancyKind kind = DiscrepancyKind::different;
  Cause cause = Cause::unknown;
  Resolution resolution = Resolution::none;
  SystemName system;  // that it is about: the one whose word was missed, that lacks the record, …
  GoldenId golden;
  // {field, record_id, values: {system: value}, golden, rule, category, exception_id, deliveries,
  // why}: what applies.
  Json detail = Json::object();
};

}  // namespace truce
