// What one vendor's payload says about one record, in the vendor's own names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"
#include "engine/presets/field_changes.h"

namespace truce::vendor {

struct VendorEvent {
  std::string object;         // the vendor's name of the kind of record; empty: not said
  std::string likely_object;  // what the record looks like, where `object` is empty
  std::string id;
  std::string_view op = "upsert";
  Json occurred_at;  // RFC 3339 text; null: not said
  std::string event_id;
  std::string version;
  std::string actor;
  std::string merged_into;
  FieldChanges changes;
  std::optional<Json> record;  // none: the engine answers `incomplete` to an upsert
  bool partial = false;        // the record holds only what changed, or only some of its fields
};

// One item of a payload.
struct PayloadItem {
  const Json* node = nullptr;
  std::string_view listed_as;         // the kind of record that its list is said to hold, or ""
  std::optional<Time> history_since;  // as in presets.h
};

using VendorEvents = Result<std::vector<VendorEvent>>;

// Any vendor's time as RFC 3339 text: epoch seconds, milliseconds or microseconds (number or digits
// in a string), RFC 3339, and text without an offset, which every system here means as UTC. What
// cannot be read is given back as it is, so that the engine rejects the event for it. nullptr and
// null: null.
Json vendor_time(const Json* node);

// The scalar member as text; "" when it is absent, null, an array or an object.
std::string text_member(const Json& node, std::string_view key);
// True for a member that is `true`.
bool is_true(const Json& node, std::string_view key);
// "a/b" of the parts that are not empty.
std::string joined(const std::vector<std::string>& parts);
std::string lower_case(std::string_view text);  // ASCII only

}  // namespace truce::vendor
