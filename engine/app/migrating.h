// Records on their way from one schema to another. The policy of where they go is in force from the
// first moment; each golden record follows, with all that hangs on it, when it is first touched or
// when the migration's own walk comes by. Until the walk is through, events wait (parked): a record
// that nobody is linked to yet could not be recognised by its keys.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/app/derive.h"
#include "engine/core/migrate/carry.h"

namespace truce {

struct Migrating {
  std::string id;
  PolicyPtr from;
  PolicyPtr to;  // in force
  Course course = Course::onwards;
  std::map<EntityName, EntityChange> changes;  // in the direction of travel
};

// How records are carried, for whoever reads `store`; `changes` and the policies must outlive it.
Carriage carriage_between(ReadView& store, const Policy& from, const Policy& to,
                          const EntityName& entity, const EntityChange& change, Course course,
                          Transforms* transforms, const Secrets& secrets);

// The records of this entity are on their way; its events wait.
bool is_migrating(const Context& context, const EntityName& entity);

// Carries and derives it, if it has not come along yet, and stores all of that.
void bring_along(Context& context, RecordState& state);
// A source record that no golden record stands for.
void bring_along(Context& context, SourceRecord& source);

// find_source, find_delivery and find_exception, of what may have to come along first.
std::optional<SourceRecord> find_carried(Context& context, const SystemName& system,
                                         const EntityName& entity, const RecordId& id);
std::optional<Delivery> find_carried(Context& context, const DeliveryId& id);
std::optional<ExceptionItem> find_carried(Context& context, const ExceptionId& id);

}  // namespace truce
