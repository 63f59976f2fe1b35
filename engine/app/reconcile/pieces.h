// A complete run, piece by piece: each piece is prepared on any thread and worked through by the
// writer, which breaks off where an event waits, so that the fast loop goes on beside it. A run
// that is interrupted goes on where its last commit was.
#pragma once

#include <functional>
#include <vector>

#include "engine/app/reconcile/runs.h"
#include "engine/app/reconcile/snapshot_record.h"

namespace truce {

// How many staged records a piece has, some more where the last ones belong together: each commit
// writes the same pages of the indexes, however many records are behind it.
inline constexpr std::size_t piece_records = 512;
inline constexpr std::size_t absent_records = 64;  // of a piece of them, which has no breaks

// Staged records that may be one golden record: by their links and by their match keys.
using Component = std::vector<ReadStaged>;

// Records of a complete system that its snapshot does not show.
struct AbsentRecords {
  SystemName system;                     // empty: none is left
  std::optional<std::uint64_t> counted;  // all of them, and nothing else: before any is taken
  std::vector<RecordId> records;
  RecordId searched_to;
  bool is_last = false;  // of this system
};

struct Piece {
  RunId run;
  RunStage stage = RunStage::keys;
  std::string policy_sha256;          // that it was read under
  std::vector<StagedKey> keys;        // by which records find each other
  std::vector<Component> components;  // none: this stage is through
  AbsentRecords absent;
};

// Reads what comes next, from a view of its own. `in_work`: a piece of records of the same run that
// is being taken just now; what comes behind it is read, and counts only if it was taken.
Piece next_piece(ReadView& store, const EventReader& reader, const Reconciliation& run,
                 const Piece* in_work = nullptr);

enum class PieceResult { taken, interrupted, left_alone };

// Takes the piece: facts, links, deliveries, items, discrepancies and the run's counts, all in the
// caller's transaction; of a plan only discrepancies and counts. A piece that was read under
// another policy, or of a run that is not running any more, is left alone. Uses the store's mark.
PieceResult take_piece(Context& context, const Piece& piece);
// Goes on behind the first `taken` keys or components and counts in `taken` what it takes.
// `breaks_off` is asked behind some keys and behind each component, with how many records this call
// has taken.
using BreaksOff = std::function<bool(std::size_t records)>;
PieceResult take_piece(Context& context, const Piece& piece, std::size_t& taken,
                       const BreaksOff& breaks_off);

// Ends a run that cannot go on, so that it does not stand in the way of others.
void fail_run(Context& context, const RunId& id, const std::string& problem);

// The oldest run that is running, if any.
std::optional<Reconciliation> next_run(ReadView& store);

// Ends runs that nobody touches any more, and clears what ended runs have left. True when there is
// more to do at once.
bool tidy_runs(Context& context);

}  // namespace truce
