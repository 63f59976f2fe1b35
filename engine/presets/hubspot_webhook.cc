#include <array>

#include "engine/presets/hubspot_objects.h"
#include "engine/presets/readers.h"

namespace truce::vendor {

namespace {

// n8n's HubSpot Trigger takes `objectId` away and puts the id under one of the other names.
std::string object_id(const Json& item) {
  for (const auto* key : {"objectId", "contactId", "companyId", "dealId", "ticketId",
                          "conversationId", "productId", "lineItemId"}) {
    auto id = text_member(item, key);
    if (!id.empty()) return id;
  }
  return "";
}

struct Subscription {
  std::string object;
  std::string action;
};

// "contact.propertyChange"; the newer "object.propertyChange" names the kind by objectTypeId.
Subscription subscription_of(const Json& item) {
  const auto type = text_member(item, "subscriptionType");
  const auto dot = type.rfind('.');
  if (dot == std::string::npos) return {};
  Subscription subscription{type.substr(0, dot), type.substr(dot + 1)};
  if (subscription.object != "object") return subscription;
  auto type_id = text_member(item, "objectTypeId");
  if (type_id.empty()) type_id = text_member(item, "fromObjectTypeId");
  subscription.object = hubspot_object_of_type_id(type_id);
  return subscription;
}

VendorEvent event_about(const Json& item, const std::string& object, const std::string& id) {
  VendorEvent event;
  event.object = object;
  event.id = id;
  event.occurred_at = vendor_time(find_member(item, "occurredAt"));
  event.actor = joined({text_member(item, "changeSource"), text_member(item, "sourceId")});
  const auto event_id = text_member(item, "eventId");
  if (event_id.empty()) return event;
  // HubSpot does not promise that eventId alone is unique. attemptNumber moves with every retry.
  event.event_id = joined({text_member(item, "portalId"), text_member(item, "subscriptionId"),
                           event_id, id, text_member(item, "occurredAt")});
  return event;
}

VendorEvents one(VendorEvent event) { return std::vector<VendorEvent>{std::move(event)}; }

VendorEvents property_change(const Json& item, VendorEvent event) {
  const auto name = text_member(item, "propertyName");
  const Json* value = find_member(item, "propertyValue");
  if (name.empty() || value == nullptr) {
    return fail(Code::schema, "a propertyChange needs propertyName and propertyValue");
  }
  event.changes.changed = {name};
  event.partial = true;
  event.record = Json{{"id", event.id}, {"properties", {{name, *value}}}};
  return one(std::move(event));
}

// `newObjectId` may be absent, null, the winner's id, or a third id that takes the place of all.
VendorEvents merge(const Json& item, const std::string& object, const std::string& id) {
  auto primary = text_member(item, "primaryObjectId");
  if (primary.empty()) primary = id;
  const auto replacement = text_member(item, "newObjectId");
  const auto survivor = replacement.empty() ? primary : replacement;
  if (survivor.empty()) return fail(Code::schema, "a merge needs primaryObjectId");

  std::vector<std::string> losers;
  if (primary != survivor) losers.push_back(primary);
  const Json* merged = find_member(item, "mergedObjectIds");
  if (merged != nullptr && merged->is_array()) {
    for (const auto& node : *merged) losers.push_back(scalar_text(node).value_or(""));
  }
  std::vector<VendorEvent> events;
  for (const auto& loser : losers) {
    if (loser.empty() || loser == survivor) continue;
    auto event = event_about(item, object, loser);
    event.op = "merge";
    event.merged_into = survivor;
    events.push_back(std::move(event));
  }
  // The survivor's properties are a mixture now that the event does not tell: it has to be fetched.
  events.push_back(event_about(item, object, survivor));
  return events;
}

VendorEvents association_change(const Json& item, const std::string& object) {
  const auto id = text_member(item, "fromObjectId");
  if (id.empty()) return fail(Code::schema, "an associationChange needs fromObjectId");
  return one(event_about(item, object, id));
}

tl::unexpected<Problem> no_id(const Json& item) {
  if (text_member(item, "subscriptionType").starts_with("object.")) {
    return fail(
        Code::schema,
        "this object.* event has no objectId: n8n's HubSpot Trigger drops it; receive these "
        "with a Webhook node");
  }
  return fail(Code::schema, "expected objectId (or n8n's contactId, companyId, dealId, ticketId)");
}

}  // namespace

VendorEvents read_hubspot_webhook(const PayloadItem& item) {
  const Json& node = *item.node;
  const auto [object, action] = subscription_of(node);
  if (action.empty()) {
    return fail(Code::schema,
                "expected HubSpot webhook events: an array of objects with subscriptionType, "
                "objectId and occurredAt");
  }
  if (object.empty()) {
    return fail(Code::schema, "an object.* event needs objectTypeId to say what kind it is");
  }
  const auto id = object_id(node);
  if (action == "merge") return merge(node, object, id);
  if (action == "associationChange") return association_change(node, object);
  if (id.empty()) return no_id(node);

  auto event = event_about(node, object, id);
  if (action == "propertyChange") return property_change(node, std::move(event));
  if (action == "deletion" || action == "privacyDeletion") event.op = "delete";
  if (action == "restore") event.op = "restore";
  // A creation, and whatever HubSpot adds to its list of actions, tells only which record to fetch.
  return one(std::move(event));
}

}  // namespace truce::vendor
