// What the sweep does piece by piece and goes on with after a restart: how far it has come is
// stored under a name.
#pragma once

#include "engine/app/context.h"
#include "engine/core/model/json.h"

namespace truce {

// The object that is stored under `name`; empty: there is none.
Json stored_object(ReadView& store, const char* name);
void store_object(Context& context, const char* name, const Json& object);

// Where a walk through the source records of an entity begins: [system, id] of the one before.
Json walk_begin();
// At most `limit` of the records behind `place`, which moves on to the last of them; null: there
// are no more.
std::vector<SourceRecord> next_sources(Context& context, const EntityName& entity, Json& place,
                                       std::size_t limit);

}  // namespace truce
