// truce migrate: what is stored of every record goes from one canonical schema to another, piece by
// piece, and back again until it is accepted. One at a time.
#pragma once

#include <memory>
#include <string>

#include "engine/app/migrating.h"
#include "engine/app/records.h"

namespace truce {

// The policy that has to be in force, and how the records stand to it.
struct WayAndPolicy {
  PolicyPtr policy;
  std::string text;
  std::shared_ptr<const Migrating> migrating;  // null: they have arrived
};

// Brings `next` into force and lets the records follow; `way` is what to put in force after the
// commit. `version-moved`: another migration is not over, a reconciliation is open, or records wait
// to be derived; `policy-conflict`: it cannot work.
Result<Json> begin_migration(Context& context, const PolicyPtr& next, const std::string& text,
                             WayAndPolicy& way);
// Back to the policy before: what was stored is restored, and what came since is read again from
// the events as they came.
Result<Json> undo_migration(Context& context, const std::string& id, WayAndPolicy& way);
// It stays: what undoing would need is dropped.
Result<Json> accept_migration(Context& context, const std::string& id);

// One piece of whatever is to be done. True when there is more to do at once.
bool work_on_migration(Context& context);

Result<Json> read_migration(ReadView& store, const std::string& id);
Json list_migrations(ReadView& store);  // newest first

// A migration that is neither accepted nor undone: then its policy alone may be in force.
bool is_migration_open(ReadView& store);
// Why nothing else may change the policy or compare snapshots now; for those who would.
Result<void> check_no_migration(ReadView& store);
// What to put in force when a process begins, or when a piece is done; nullopt: no migration is
// open. `policy-value` where its policy is one that this version refuses.
Result<std::optional<WayAndPolicy>> way_of_migration(ReadView& store);
// Whether the records are still on their way; cheap.
bool is_carrying(ReadView& store);
// A source record without a golden record that the walk has not passed yet.
bool awaits_carrying(Context& context, const SourceRecord& source);

}  // namespace truce
