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
  std::vector<Decision> decisions;                           // what to add to the record
  std::vector<std::pair<DecisionId, FieldName>> taken_back;  // what to take from it
  Json undone = Json::array();     // {entity, golden_id, field, from?, to?, asked_again?, entries}
  Json conflicts = Json::array();  // {entity, golden_id, field?, why, do, now?, by?, audit_seq}
  std::vector<std::uint64_t> entries;  // the undone ones

  // Nothing to undo here.
  bool is_empty() const { return decisions.empty() && taken_back.empty(); }
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

// Makes the record's decisions what the undo says.
void apply(const RecordUndo& undo, GoldenRecord& golden);
// The plan of the record then; nothing is stored.
Plan try_plan(const UndoParts& parts, RecordState state, const RecordUndo& undo);

}  // namespace truce
