// An event as it is understood before its turn: everything that can be known of it without the
// store. It takes most of the time that an event's values need, and any thread may do it.
#pragma once

#include <optional>
#include <string>

#include "engine/app/change_event.h"
#include "engine/app/shape.h"

namespace truce {

struct EventReader {
  const Policy& policy;
  Transforms* transforms = nullptr;  // null: fields that need one are refused
  const Secrets& secrets;
};

struct ReadEvent {
  EventKey key;
  // As said, also by an event that never reached them; empty where they are no text.
  SystemName system;
  EntityName entity;
  std::string raw;  // JSON: the event as it came, private fields sealed
  // Why it never reached its entity. Nothing below is set then.
  std::optional<Problem> refusal;
  ChangeEvent event;  // of its record nothing is left but whether there is one
  RecordId id;        // from the event or from the record
  NormalizedRecord record;
  OddShapes odd;
};

// One ChangeEvent of the contract, in or out of shape.
ReadEvent read_event(const EventReader& reader, const Json& node);
// The same event from its `raw`, under another policy or later.
ReadEvent read_raw_event(const EventReader& reader, const std::string& raw);

}  // namespace truce
