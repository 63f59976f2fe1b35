// The ChangeEvent of the contract, read and checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/context.h"

namespace truce {

// The event_id of what a snapshot shows, or does not show.
inline constexpr const char* snapshot_event_id = "snapshot";

enum class EventOperation { upsert, erase, restore, merge };  // "delete" for erase
std::string_view to_string(EventOperation operation);

struct ChangeEvent {
  SystemName system;
  EntityName entity;
  std::optional<RecordId> id;
  EventOperation operation = EventOperation::upsert;
  std::string event_id;  // empty: the source gives none
  std::optional<Time> occurred_at;
  std::string version;
  std::vector<std::string> changed;  // the source's own field names
  std::map<std::string, Json> previous;
  std::map<std::string, Time> changed_at;
  std::string actor;
  RecordId merged_into;
  std::optional<Json> record;  // nullopt: absent or null
  // The record holds only some of its fields: a change, not the whole. Nothing is linked or made by
  // it.
  bool partial = false;
  // What a part of a record says may change what a program of the policy makes of the whole, which
  // has to be fetched for that. No member of the contract.
  bool wants_whole = false;
};

// Every shape error is a Problem with the pointer into the event.
Result<ChangeEvent> read_change_event(const Json& node);

// True when one of the source's names means this map entry: its path's spelling, its last member,
// or the canonical name.
bool names_field(const std::string& name, const Field& field, const MapEntry& entry);

// SHA-256 over system, entity, id, op, event_id, times (the event's and its fields') and version
// where the source gives them, what it says changed and what stood there before, and the mapped
// content; what could not be mapped counts as it came, and so does all of a record of which the
// whole is wanted. A record that is fetched with its field history, or told with a list of what
// changed, is another event than the same record without: it says more.
EventKey event_key(const ChangeEvent& event, const RecordId& id,
                   const NormalizedRecord& normalized);
// For an event that never got as far as a mapping.
EventKey raw_event_key(const Json& event);

}  // namespace truce
