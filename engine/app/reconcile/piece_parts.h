// The parts of a piece, each in its own file. Internal to this folder.
#pragma once

#include <functional>
#include <set>

#include "engine/app/ingestion.h"
#include "engine/app/reconcile/pieces.h"

namespace truce {

// A key that more records than this show is shared by strangers: a switchboard, a shop's address.
inline constexpr std::size_t staged_holders_max = 16;

// keys.cc: the next range of them.
std::vector<StagedKey> next_keys(ReadView& store, const Reconciliation& run);
void take_keys(Context& context, Reconciliation& run, const std::vector<StagedKey>& keys,
               std::size_t& taken, const BreaksOff& breaks_off);

// components.cc: about `piece_records` of those that wait, without those of these numbers.
std::vector<Component> next_components(ReadView& store, const EventReader& reader,
                                       const Reconciliation& run, std::set<std::uint64_t> without);
void take_component(Context& context, Reconciliation& run, const Component& component);

// absences.cc: those of a system of which they are not counted yet; none counted: there is none.
AbsentRecords count_absent(ReadView& store, const Policy& policy, const Reconciliation& run);
AbsentRecords next_absent(ReadView& store, const Reconciliation& run);
void take_absent(Context& context, Reconciliation& run, const AbsentRecords& absent);
// A source record that is gone from its system's complete snapshot.
using Absence = std::pair<SystemName, RecordId>;
// Concludes what it can from the absent records of these golden records, and adds them to
// `concluded`. Not of one of which staged records besides `taken` may still tell more.
std::vector<Discrepancy> take_absences_of(Context& context, Reconciliation& run,
                                          const std::set<GoldenId>& goldens,
                                          const std::set<std::uint64_t>& taken,
                                          std::set<Absence>& concluded);
// So that nothing is concluded from them again, though of a plan nothing else stays.
void note_concluded(Context& context, const Reconciliation& run,
                    const std::set<Absence>& concluded);
bool is_concluded_absence(const StagedRecord& staged);

// gone.cc: a linked record that is deleted or merged away, as its system told or as was concluded.
// `row` is about it and tells what becomes of it.
Discrepancy missing_row(const SourceRecord& source);
void take_gone(Context& context, const Reconciliation& run, Arrival& arrival, Discrepancy& row,
               RunCounts& counts);
void tell_held(const ExceptionItem& item, Discrepancy& row);

// findings.cc: a write that was planned just now, also one that begins with a look.
bool is_new_write(const Delivery& delivery);
// Whatever is derived next makes no more records than the run may still make.
void limit_creates(Context& context, const Reconciliation& run);
// The snapshot is said to be all there is, and shows every record with its id.
bool tells_of_absences(const SystemSnapshot& snapshot);
// Records that were linked when they were staged: what is absent of the system is measured by them,
// and not by strangers that its snapshot shows.
void count_linked(Reconciliation& run, const SystemName& system);
std::uint64_t linked_and_shown(const Reconciliation& run, const SystemName& system);
// New golden records; a plan leaves none.
void count_made(RunCounts& counts, const SystemName& system);
std::uint64_t records_made(const RunCounts& counts);
// What a run found, stored and counted.
void add_discrepancies(Context& context, Reconciliation& run, std::vector<Discrepancy> found);

// In a plan nothing stays of `work` but what it found, without the ids that went with the rest.
std::vector<Discrepancy> tried(Context& context, const Reconciliation& run,
                               const std::function<std::vector<Discrepancy>()>& work);

}  // namespace truce
