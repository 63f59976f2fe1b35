// How each outside system speaks: from what a system, or n8n's own node or trigger for it, hands
// over to the ChangeEvents of the contract. Pure: no clock, no I/O, safe on any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/core/model/ids.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"

namespace truce {

struct Preset {
  std::string_view name;  // "hubspot.webhook"
  std::string_view what;  // what it takes, in one line for people
};

// Every preset, ordered by name. docs/presets.md says what each one reads.
std::vector<Preset> presets();

// The policy's entity for a vendor's own name of a kind of record: "Contact", "person",
// "2-143964984". Asked with "" where the payload does not say what kind it is; the answer then is
// what the caller said about it. nullopt: not known. See entity_resolver.h for the usual one.
using EntityResolver = std::function<std::optional<EntityName>(const std::string& vendor_object)>;

// More events than this from one payload are `batch-size`.
constexpr std::size_t max_events_per_payload = 10'000;

// The events that `payload` tells of, in its order; none for an empty list. One item of a payload
// may be several events: a merge of three records, a change set over several ids, a long text that
// came as a difference and has to be fetched.
//
// An event without `record` is legitimate: the engine answers `incomplete`, and the workflow
// fetches the record and sends it. So it does for a `partial` one, which has only some of the
// fields, of a record that it does not know yet. An entity that the resolver does not know is the
// vendor's name in lower case, so that the engine rejects that event and none of its neighbours.
//
// An item of a list that has none of the preset's shapes becomes an event with a `problem`
// {code, message, pointer}, to be rejected alone. When it is the only item, or no item has such a
// shape, the whole payload is the Problem `schema`; an unknown preset is `schema` too.
//
// Of a record that carries its property history, the event has when each property changed last, and
// from what. With `history_since` only what changed since then counts, and every value that was
// written over since then is told by a `partial` event of its own, behind the record's.
Result<std::vector<Json>> expand_payload(std::string_view preset, const SystemName& system,
                                         const EntityResolver& entity_of, const Json& payload,
                                         std::optional<Time> history_since = std::nullopt);

}  // namespace truce
