#include "engine/infer/vendors.h"

#include <algorithm>
#include <array>

#include "engine/infer/policy_names.h"
#include "engine/presets/presets.h"
#include "engine/presets/vendor_event.h"

namespace truce::infer {

namespace {

bool is_hubspot(const Json& record) {
  const Json* properties = find_member(record, "properties");
  if (properties == nullptr || !properties->is_object()) return false;
  constexpr std::array ids = {"id", "vid", "companyId", "dealId", "objectId"};
  return std::any_of(ids.begin(), ids.end(),
                     [&](const char* id) { return find_member(record, id) != nullptr; });
}

bool is_salesforce(const Json& record) {
  constexpr std::size_t id_length = 18;
  const Json* attributes = find_member(record, "attributes");
  if (attributes != nullptr && !text_at(*attributes, "type").empty()) return true;
  const std::string id = text_at(record, "Id");
  return id.size() == id_length && id.find_first_of("- ") == std::string::npos;
}

bool is_zendesk(const Json& record) {
  return text_at(record, "url").find(".zendesk.com/api/") != std::string::npos;
}

bool is_stripe(const Json& record) {
  const Json* live = find_member(record, "livemode");
  return live != nullptr && live->is_boolean() && !text_at(record, "object").empty();
}

bool is_pipedrive(const Json& record) {
  return find_member(record, "add_time") != nullptr &&
         find_member(record, "update_time") != nullptr && find_member(record, "id") != nullptr;
}

struct Vendor {
  std::string_view name;
  bool (*has_shape)(const Json& record);
};
constexpr std::array vendors = {Vendor{"hubspot", is_hubspot}, Vendor{"salesforce", is_salesforce},
                                Vendor{"zendesk", is_zendesk}, Vendor{"stripe", is_stripe},
                                Vendor{"pipedrive", is_pipedrive}};

struct EntityWord {
  std::string_view object;
  std::string_view entity;
};
constexpr std::array entity_words = {
    EntityWord{"person", "contact"},       EntityWord{"user", "contact"},
    EntityWord{"lead", "contact"},         EntityWord{"customer", "contact"},
    EntityWord{"account", "company"},      EntityWord{"organization", "company"},
    EntityWord{"organisation", "company"}, EntityWord{"opportunity", "deal"},
    EntityWord{"case", "ticket"}};

}  // namespace

std::string_view vendor_of(const Json& record) {
  const auto found = std::find_if(vendors.begin(), vendors.end(),
                                  [&](const Vendor& vendor) { return vendor.has_shape(record); });
  return found == vendors.end() ? std::string_view() : found->name;
}

std::string preset_of(std::string_view vendor) { return std::string(vendor) + ".record"; }

std::optional<PresetRecord> read_by_preset(std::string_view vendor, const Json& record,
                                           const std::string& listed_as) {
  PresetRecord read;
  // Asked with "" first, where the record does not say it; what it looks like is better than that.
  const EntityResolver note_object = [&](const std::string& object) -> std::optional<EntityName> {
    read.object = object;
    return object.empty() ? std::nullopt : std::optional(EntityName("record"));
  };
  const EntityResolver any_object = [](const std::string&) { return EntityName("record"); };
  const SystemName system("sample");
  auto events = expand_payload(preset_of(vendor), system, note_object, record);
  if (!events) events = expand_payload(preset_of(vendor), system, any_object, record);
  if (!events) return std::nullopt;
  // A merge may stand before the record itself.
  for (const Json& event : *events) {
    const Json* shaped = find_member(event, "record");
    if (shaped == nullptr) continue;
    read.record = *shaped;
    if (read.object.empty()) read.object = listed_as;
    return read;
  }
  return std::nullopt;
}

std::string entity_called(std::string_view object) {
  const std::string word = policy_name(vendor::lower_case(object));
  for (const EntityWord& known : entity_words) {
    if (word == known.object) return std::string(known.entity);
  }
  return word;
}

}  // namespace truce::infer
