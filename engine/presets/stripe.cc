#include "engine/presets/readers.h"

namespace truce::vendor {

namespace {

VendorEvents one(VendorEvent event) { return std::vector<VendorEvent>{std::move(event)}; }

// "customer.deleted" means that the object is gone. A subscription's "deleted" means cancelled: it
// stays, with its status, for ever.
bool is_deletion(const std::string& type, const Json& object) {
  if (is_true(object, "deleted")) return true;
  return type.ends_with(".deleted") && text_member(object, "object") != "subscription";
}

VendorEvent frame_of(const Json& node) {
  VendorEvent event;
  event.event_id = text_member(node, "id");
  event.occurred_at = vendor_time(find_member(node, "created"));
  const Json* request = find_member(node, "request");
  const auto request_id = request == nullptr ? "" : text_member(*request, "id");
  // Without a request Stripe did it by itself: a renewal, an expiry.
  event.actor = request_id.empty() ? "stripe" : "request:" + request_id;
  return event;
}

Json without_parts() {
  Json parts = Json::object();
  for (const auto* part : {"line1", "line2", "city", "state", "postal_code", "country"}) {
    parts[part] = nullptr;
  }
  return parts;
}

// A customer without an address has null for all of it. A policy maps the parts, and each of them
// has been cleared.
Json with_empty_addresses(Json object) {
  if (text_member(object, "object") != "customer") return object;
  const Json* address = find_member(object, "address");
  if (address != nullptr && address->is_null()) object["address"] = without_parts();
  const Json* shipping = find_member(object, "shipping");
  if (shipping != nullptr && shipping->is_null()) {
    object["shipping"] = {{"address", without_parts()}, {"name", nullptr}, {"phone", nullptr}};
  }
  return object;
}

// The newer thin events name the object and leave it to be fetched.
VendorEvents read_thin_event(const Json& node, const Json& related) {
  auto event = frame_of(node);
  event.object = text_member(related, "type");
  event.id = text_member(related, "id");
  if (event.id.empty()) return fail(Code::schema, "a thin Stripe event needs related_object.id");
  return one(std::move(event));
}

}  // namespace

VendorEvents read_stripe_event(const PayloadItem& item) {
  const Json& node = *item.node;
  const auto type = text_member(node, "type");
  const Json* related = find_member(node, "related_object");
  if (related != nullptr && related->is_object()) return read_thin_event(node, *related);
  const Json* data = find_member(node, "data");
  const Json* object = data == nullptr ? nullptr : find_member(*data, "object");
  if (type.empty() || object == nullptr || !object->is_object()) {
    return fail(Code::schema, "expected Stripe events: {id, type, created, data: {object}}");
  }
  auto event = frame_of(node);
  event.object = text_member(*object, "object");
  event.id = text_member(*object, "id");
  if (event.id.empty()) {
    return fail(Code::schema, "the object of this Stripe event has no id (a preview has none)");
  }
  if (is_deletion(type, *object)) {
    event.op = "delete";
    return one(std::move(event));
  }
  event.record = with_empty_addresses(*object);
  if (const Json* previous = find_member(*data, "previous_attributes")) {
    event.changes = changes_between(*previous, *event.record, Before::partial);
  }
  return one(std::move(event));
}

VendorEvents read_stripe_record(const PayloadItem& item) {
  const Json& node = *item.node;
  VendorEvent event;
  event.object = text_member(node, "object");
  event.id = text_member(node, "id");
  if (event.id.empty() || event.object.empty() || event.object == "event") {
    return fail(Code::schema,
                "expected Stripe objects with id and object, alone, in an array, or in a list's "
                "data");
  }
  if (is_true(node, "deleted")) {
    event.op = "delete";
  } else {
    event.record = with_empty_addresses(node);
  }
  return one(std::move(event));
}

}  // namespace truce::vendor
