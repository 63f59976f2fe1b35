// One record of a snapshot on its way into the facts. Internal to engine/app/reconcile.
#pragma once

#include <map>
#include <optional>

#include "engine/app/ingestion.h"
#include "engine/core/reconcile/compare.h"

namespace truce {

// A staged record, read under the policy in force.
struct ReadStaged {
  StagedRecord staged;
  ReadEvent read;
  std::size_t first_tier = 0;  // of its match keys
};

// Its system says that it was deleted or merged away; it is no record that could be compared.
inline bool is_told_gone(const ReadStaged& record) {
  return record.read.event.operation != EventOperation::upsert;
}

// What golden records showed before a comparison touched them.
using ShownBefore = std::map<GoldenId, SharedMap<FieldName, GoldenField>>;

struct TakenRecord {
  enum class Kind {
    compared,   // `shown` is to be compared
    left_out,   // all of it, `why` says why
    ambiguous,  // `item` asks which record it is
    held,       // by the guard: `item`
  };
  Kind kind = Kind::compared;
  GoldenId golden;  // empty: not linked
  GoldenId joined;  // into that one, with what was taken of it before
  ShownRecord shown;
  bool is_new_golden = false;
  bool says_news = false;                // facts were joined
  std::optional<GuardedChange> guarded;  // what the guard counts of it
  std::string why;
  Cause cause = Cause::unknown;
  std::optional<ExceptionItem> item;
};

// Whether somebody is linked after this record, and will ask what its golden record shows.
enum class Followed { by_unlinked, by_none };

// Changed records by kind that no marks were left of, for they are only planned.
using Foreseen = std::map<std::string, std::uint64_t>;

// Joins what the record says that is not known yet, links it where it is not, and shows the golden
// record's new values where they are asked for; derives nothing. `records_made`: by the run, so
// far.
TakenRecord take_snapshot_record(Context& context, const ReadStaged& record, Followed followed,
                                 ShownBefore& before, const Foreseen& foreseen,
                                 std::size_t records_made);

// What a source record is believed to hold, for one that is as it was when it was last compared.
ShownRecord held_record(const Context& context, const Entity& entity, const SourceRecord& source);

// Fills `shown.left_out`. `source` is the record as it is known by now.
void note_left_out(const Context& context, const Entity& entity, const SourceRecord& source,
                   ShownRecord& shown);

}  // namespace truce
