// Which vendor's record it is, and the record as that vendor's preset hands it to the policy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model/json.h"

namespace truce::infer {

// "hubspot", "salesforce", "pipedrive", "zendesk" or "stripe" by the shape of the record; empty
// where it has none of theirs.
std::string_view vendor_of(const Json& record);

// "hubspot.record"
std::string preset_of(std::string_view vendor);

struct PresetRecord {
  Json record;
  std::string object;  // the vendor's name of the kind of record; empty: not said
};

// What the preset makes of it; nullopt where it has no record (it is a deletion, or the preset
// refuses it).
std::optional<PresetRecord> read_by_preset(std::string_view vendor, const Json& record,
                                           const std::string& listed_as);

// The usual name of an entity for a vendor's own: "Contact", "person", "user" -> "contact". Other
// names are put into the form of a policy's names; empty where nothing is left of them.
std::string entity_called(std::string_view object);

}  // namespace truce::infer
