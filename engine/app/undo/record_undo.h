// What an undo does to one golden record. Internal to this folder; undo.h is the door.
#pragma once

#include <vector>

#include "engine/app/undo/undo_select.h"
#include "engine/core/plan/plan.h"

namespace truce {

struct UndoOrder {
  std::string id;  // of this undo
  UndoSelect select;
  std::string actor;
  std::string note;
  std::vector<std::string> roles = {};  // the actor's; empty: may decide every field
};

// One record's part of the answer.
struct RecordUndo {
  std::vector<Decision> decisions;  // what to add to the record; none: nothing to undo here
  Json undone = Json::array();         // {entity, golden_id, field, from?, to?, entries}
  Json conflicts = Json::array();      // {entity, golden_id, field?, why, do, now?, by?, audit_seq}
  std::vector<std::uint64_t> entries;  // the undone ones
};

struct UndoParts {
  ReadView& store;
  const Policy& policy;
  const Secrets& secrets;
  Ids& ids;
  Time now;
  Transforms* transforms = nullptr;
};

// `state` is the record as it is now. Each field that the selected entries changed last goes back
// to before the first of them that no other change stands behind.
RecordUndo weigh_undo(const UndoParts& parts, const UndoOrder& order, const RecordState& state);

// The plan of the record with these decisions; nothing is stored.
Plan try_plan(const UndoParts& parts, RecordState state, const std::vector<Decision>& decisions);

}  // namespace truce
