#include <array>
#include <map>

#include "engine/presets/hubspot_objects.h"
#include "engine/presets/readers.h"

namespace truce::vendor {

namespace {

// --- what kind of record it is -----------------------------------------------------------------

// ".../contacts/147893286/record/0-1/713492963559"
std::string object_in_url(const std::string& url) {
  constexpr std::string_view marker = "/record/";
  const auto start = url.find(marker);
  if (start == std::string::npos) return "";
  const auto type_id = std::string_view(url).substr(start + marker.size());
  return hubspot_object_of_type_id(type_id.substr(0, type_id.find('/')));
}

// Properties that HubSpot returns by default for one kind of record and has for no other.
std::string object_by_properties(const Json& properties) {
  constexpr std::array<std::pair<const char*, const char*>, 7> telling = {{
      {"lastmodifieddate", "contact"},
      {"dealname", "deal"},
      {"dealstage", "deal"},
      {"hs_pipeline_stage", "ticket"},
      {"hs_ticket_priority", "ticket"},
      {"hs_task_subject", "task"},
      {"domain", "company"},
  }};
  for (const auto& [property, object] : telling) {
    if (find_member(properties, property) != nullptr) return object;
  }
  return "";
}

void name_object(const PayloadItem& item, const Json& properties, VendorEvent& event) {
  const auto type_id = text_member(*item.node, "objectTypeId");
  event.object = type_id.empty() ? std::string(item.listed_as) : hubspot_object_of_type_id(type_id);
  if (event.object.empty()) event.object = object_in_url(text_member(*item.node, "url"));
  if (event.object.empty()) event.likely_object = object_by_properties(properties);
}

// --- property history: the only place where HubSpot says when a single property changed ----------

// The properties that were set at one time, and were written over later.
struct Overwritten {
  Json properties = Json::object();
  FieldChanges changes;
};

class PropertyHistories {
 public:
  explicit PropertyHistories(std::optional<Time> since) : since_(since) {}

  // Newest first, [{value, timestamp, sourceType, …}]; `versions` in v1, `propertiesWithHistory` in
  // v3.
  void take(const std::string& property, const Json& history) {
    if (!history.is_array() || history.empty() || is_older(history[0])) return;
    Json changed_at = vendor_time(find_member(history[0], "timestamp"));
    if (!changed_at.is_null()) last_.changed_at[property] = std::move(changed_at);
    take_previous(property, history, 0, last_);
    if (!since_) return;
    for (std::size_t at = 1; at < history.size() && !is_older(history[at]); ++at) {
      take_overwritten(property, history, at);
    }
  }

  const FieldChanges& last() const { return last_; }

  // What was written over, one event a time, the oldest first.
  void add_overwritten(const VendorEvent& whole, std::vector<VendorEvent>& events) const {
    for (const auto& [at, overwritten] : overwritten_) {
      VendorEvent event;
      event.object = whole.object;
      event.likely_object = whole.likely_object;
      event.id = whole.id;
      event.occurred_at = to_rfc3339(at);
      event.changes = overwritten.changes;
      event.record = Json{{"id", whole.id}, {"properties", overwritten.properties}};
      event.partial = true;
      events.push_back(std::move(event));
    }
  }

 private:
  static std::optional<Time> time_of(const Json& version) {
    const Json said = vendor_time(find_member(version, "timestamp"));
    if (!said.is_string()) return std::nullopt;
    const auto time = parse_time(said.get_ref<const std::string&>());
    return time ? std::optional(*time) : std::nullopt;
  }

  bool is_older(const Json& version) const {
    const auto at = time_of(version);
    return since_ && at && *at < *since_;
  }

  static void take_previous(const std::string& property, const Json& history, std::size_t at,
                            FieldChanges& changes) {
    if (at + 1 >= history.size()) return;
    if (const Json* before = find_member(history[at + 1], "value")) {
      changes.previous[property] = *before;
    }
  }

  void take_overwritten(const std::string& property, const Json& history, std::size_t at) {
    const auto time = time_of(history[at]);
    const Json* value = find_member(history[at], "value");
    if (!time || value == nullptr) return;
    Overwritten& overwritten = overwritten_[*time];
    overwritten.properties[property] = *value;
    overwritten.changes.changed.push_back(property);
    take_previous(property, history, at, overwritten.changes);
  }

  std::optional<Time> since_;
  FieldChanges last_;
  std::map<Time, Overwritten> overwritten_;
};

// --- v3 ------------------------------------------------------------------------------------------

VendorEvents read_v3(const PayloadItem& item, const Json& properties) {
  const Json& node = *item.node;
  VendorEvent event;
  name_object(item, properties, event);
  event.id = text_member(node, "id");
  if (is_true(node, "archived")) {
    event.op = "delete";
    event.occurred_at = vendor_time(find_member(node, "archivedAt"));
    return std::vector<VendorEvent>{std::move(event)};
  }
  PropertyHistories histories(item.history_since);
  if (const Json* told = find_member(node, "propertiesWithHistory");
      told != nullptr && told->is_object()) {
    for (const auto& member : told->items()) histories.take(member.key(), member.value());
  }
  event.changes = histories.last();
  event.record = node;
  std::vector<VendorEvent> events{event};
  histories.add_overwritten(event, events);
  return events;
}

// --- legacy v1: {"vid", "properties": {"email": {"value", "versions": […]}}}
// ----------------------

struct LegacyKind {
  const char* id_member;
  const char* object;
};

const LegacyKind* legacy_kind(const Json& node) {
  static constexpr std::array<LegacyKind, 4> kinds = {
      {{"vid", "contact"}, {"companyId", "company"}, {"dealId", "deal"}, {"objectId", "ticket"}}};
  for (const auto& kind : kinds) {
    if (find_member(node, kind.id_member) != nullptr) return &kind;
  }
  return nullptr;
}

Json v3_list_of_ids(const Json& ids) {
  Json results = Json::array();
  for (const auto& id : ids) results.push_back({{"id", scalar_text(id).value_or("")}});
  return {{"results", std::move(results)}};
}

// {"associatedVids": [1], "associatedCompanyIds": [2]} -> {"contacts": {"results": [{"id": "1"}]},
// …}
Json v3_associations(const Json& legacy) {
  constexpr std::array<std::pair<const char*, const char*>, 4> names = {{
      {"associatedVids", "contacts"},
      {"associatedCompanyIds", "companies"},
      {"associatedDealIds", "deals"},
      {"associatedTicketIds", "tickets"},
  }};
  Json associations = Json::object();
  for (const auto& [from, to] : names) {
    const Json* ids = find_member(legacy, from);
    if (ids != nullptr && ids->is_array()) associations[to] = v3_list_of_ids(*ids);
  }
  return associations;
}

Json v3_properties(const Json& legacy, PropertyHistories& histories) {
  Json properties = Json::object();
  for (const auto& member : legacy.items()) {
    const Json* value = find_member(member.value(), "value");
    properties[member.key()] = value == nullptr ? member.value() : *value;
    if (const Json* versions = find_member(member.value(), "versions")) {
      histories.take(member.key(), *versions);
    }
  }
  return properties;
}

VendorEvent merged_contact(const std::string& loser, const std::string& survivor) {
  VendorEvent event;
  event.object = "contact";
  event.op = "merge";
  event.id = loser;
  event.merged_into = survivor;
  return event;
}

VendorEvents read_v1(const PayloadItem& item, const LegacyKind& kind,
                     const Json& legacy_properties) {
  const Json& node = *item.node;
  std::vector<VendorEvent> events;
  VendorEvent event;
  event.object = kind.object;
  event.id = text_member(node, kind.id_member);
  // Asked for a contact that was merged away, v1 answers with the contact it was merged into.
  const auto canonical = text_member(node, "canonical-vid");
  if (!canonical.empty() && canonical != event.id) {
    events.push_back(merged_contact(event.id, canonical));
    event.id = canonical;
  }
  if (is_true(node, "isDeleted") || is_true(node, "deleted")) {
    event.op = "delete";
    events.push_back(std::move(event));
    return events;
  }
  PropertyHistories histories(item.history_since);
  Json record = {{"id", event.id}, {"properties", v3_properties(legacy_properties, histories)}};
  if (const Json* associations = find_member(node, "associations")) {
    record["associations"] = v3_associations(*associations);
  }
  event.changes = histories.last();
  event.record = std::move(record);
  events.push_back(event);
  histories.add_overwritten(event, events);
  return events;
}

}  // namespace

VendorEvents read_hubspot_record(const PayloadItem& item) {
  const Json& node = *item.node;
  static const Json no_properties = Json::object();
  const Json* properties = find_member(node, "properties");
  if (properties == nullptr && is_true(node, "archived")) properties = &no_properties;
  if (properties != nullptr && properties->is_object()) {
    if (!text_member(node, "id").empty()) return read_v3(item, *properties);
    if (const auto* kind = legacy_kind(node)) return read_v1(item, *kind, *properties);
  }
  return fail(Code::schema,
              "expected HubSpot records: {id, properties: {name: text}}, or v1's {vid, properties: "
              "{name: {value}}}, alone or in results");
}

}  // namespace truce::vendor
