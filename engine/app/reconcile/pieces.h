// A complete run, piece by piece: each piece is prepared on any thread and worked through in one
// short job of the writer, so that the fast loop goes on beside it, and a run that is interrupted
// goes on where its last commit was.
#pragma once

#include <vector>

#include "engine/app/reconcile/runs.h"
#include "engine/app/reconcile/snapshot_record.h"

namespace truce {

// How many staged records a piece has, some more where the last ones belong together: beside a busy
// fast loop, whose events wait for a piece's end, and without one, where each commit costs the same.
inline constexpr std::size_t piece_records = 64;
inline constexpr std::size_t large_piece_records = 512;

// Staged records that may be one golden record: by their links and by their match keys.
using Component = std::vector<ReadStaged>;

// Records of a complete system that its snapshot does not show.
struct AbsentRecords {
  SystemName system;                     // empty: none is left
  std::optional<std::uint64_t> counted;  // all of them, the first time
  std::vector<RecordId> records;
  RecordId searched_to;
  bool is_last = false;  // of this system
};

struct Piece {
  RunId run;
  RunStage stage = RunStage::records;
  std::string policy_sha256;          // that it was read under
  std::vector<Component> components;  // none: this stage is through
  AbsentRecords absent;
};

// Reads what comes next, from a view of its own. `in_work`: a piece of records of the same run that
// is being taken just now; what comes behind it is read, and counts only if it was taken.
Piece next_piece(ReadView& store, const EventReader& reader, const Reconciliation& run,
                 const Piece* in_work = nullptr, std::size_t records = piece_records);

enum class PieceResult { taken, left_alone };

// Takes the piece: facts, links, deliveries, items, discrepancies and the run's counts, all in the
// caller's transaction; of a plan only discrepancies and counts. A piece that was read under
// another policy, or of a run that is not running any more, is left alone. Uses the store's mark.
PieceResult take_piece(Context& context, const Piece& piece);

// Ends a run that cannot go on, so that it does not stand in the way of others.
void fail_run(Context& context, const RunId& id, const std::string& problem);

// The oldest run that is running, if any.
std::optional<Reconciliation> next_run(ReadView& store);

// Ends runs that nobody touches any more, and clears what ended runs have left. True when there is
// more to do at once.
bool tidy_runs(Context& context);

}  // namespace truce
