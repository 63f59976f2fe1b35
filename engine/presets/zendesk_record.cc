#include "engine/presets/readers.h"

namespace truce::vendor {

namespace {

// "https://x.zendesk.com/api/v2/tickets/2.json" -> "ticket"
std::string object_in_url(const std::string& url) {
  constexpr std::string_view marker = "/api/v2/";
  const auto start = url.find(marker);
  if (start == std::string::npos) return "";
  const auto rest = std::string_view(url).substr(start + marker.size());
  auto object = std::string(rest.substr(0, rest.find('/')));
  if (object.ends_with('s')) object.pop_back();
  return object;
}

std::string object_of(const PayloadItem& item) {
  if (!item.listed_as.empty()) return std::string(item.listed_as);
  const auto result_type = text_member(*item.node, "result_type");  // search results
  return result_type.empty() ? object_in_url(text_member(*item.node, "url")) : result_type;
}

// Zendesk keeps what was deleted: tickets with this status, users that are not active.
bool is_deleted_row(const Json& node, const std::string& object) {
  if (object == "ticket") return text_member(node, "status") == "deleted";
  const Json* active = find_member(node, "active");
  return object == "user" && active != nullptr && active->is_boolean() && !active->get<bool>();
}

}  // namespace

VendorEvents read_zendesk_record(const PayloadItem& item) {
  VendorEvent event;
  event.id = text_member(*item.node, "id");
  if (event.id.empty()) {
    return fail(Code::schema,
                "expected Zendesk records with an id, alone or in tickets, users, organizations or "
                "results");
  }
  event.object = object_of(item);
  const auto kind = event.object;
  if (is_deleted_row(*item.node, kind)) {
    event.op = "delete";
    event.occurred_at = vendor_time(find_member(*item.node, "updated_at"));
  } else {
    event.record = *item.node;
  }
  return std::vector<VendorEvent>{std::move(event)};
}

VendorEvents read_zendesk_trigger(const PayloadItem& item) {
  for (const std::string object : {"ticket", "user", "organization"}) {
    VendorEvent event;
    event.object = object;
    event.id = text_member(*item.node, object + ".id");  // n8n's template: one flat name
    if (event.id.empty()) event.id = text_member(*item.node, object + "_id");
    if (const Json* nested = find_member(*item.node, object); event.id.empty() && nested) {
      event.id = text_member(*nested, "id");
    }
    // A template writes labels for people ("Open", "High"), so nothing else in it is taken.
    if (!event.id.empty()) return std::vector<VendorEvent>{std::move(event)};
  }
  return fail(Code::schema,
              "expected what a Zendesk trigger sends: {\"ticket.id\": \"123\"}, ticket_id, or "
              "ticket: {id}");
}

}  // namespace truce::vendor
