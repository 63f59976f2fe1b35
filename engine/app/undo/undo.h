// Taking back what was decided: an undo is a person's decision, or takes one back, for every field
// that the selected entries of the audit trail changed and that nobody has changed since. The rest
// follows from it as from any decision, and an undo can be undone. docs/decisions/undo.md.
#pragma once

#include <vector>

#include "engine/app/undo/record_undo.h"

namespace truce {

struct UndoPage {
  std::vector<GoldenId> records;  // with a selected entry, by id
  GoldenId next;                  // where the next page begins behind; empty: this was the last
};

// The records behind `after`, at most `limit`. The whole trail may be read for it, a short view at
// a time.
Result<UndoPage> select_undo(Store& store, const UndoSelect& select, const GoldenId& after,
                             std::size_t limit);

// What it would do, of the records of one page:
//   {id, mode, undone: […], conflicts: […], deliveries: [{id?, system, op, golden_id}], records}
// `parts.store` gives each record as it is now.
Json plan_undo(const UndoParts& parts, const UndoOrder& order,
               const std::vector<GoldenId>& records);
// Does it, in the caller's transaction; the deliveries wait in the outbox. What an undo of the same
// id has done already is passed over.
Json apply_undo(Context& context, const UndoOrder& order, const std::vector<GoldenId>& records);
// Puts one answer behind another of the same undo.
void append_undo(Json& answer, Json part);

}  // namespace truce
