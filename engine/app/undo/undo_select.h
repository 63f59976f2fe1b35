// Which entries of the audit trail an undo means: those that all its members fit.
#pragma once

#include <optional>
#include <string>

#include "engine/app/context.h"

namespace truce {

struct UndoSelect {
  Time since = Time::beginning(), until = Time::end();  // both included
  EventKey event_key;
  std::string batch;  // of POST /v1/events, or a reconciliation
  std::string rule;   // by which the new value won
  std::string actor;  // the token's name, who the event says did it, or who answered
  std::string undo;   // an undo's id
  EntityName entity;
  GoldenId golden;
  SystemName system;  // whose event, or to which a delivery
};

// {since, until, event_key, batch, rule, actor, entity, golden_id, system, undo}, at least one. A
// member that is not one of these is refused: it would select more than was meant.
Result<UndoSelect> read_undo_select(const Json& node);

// `body` is the entry's, unsealed.
bool selects(const UndoSelect& select, const AuditEntry& entry, const Json& body);
// One of the entry's changes.
bool selects_change(const UndoSelect& select, const Json& change);

}  // namespace truce
