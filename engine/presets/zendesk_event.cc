#include <algorithm>
#include <array>
#include <optional>

#include "engine/presets/readers.h"

namespace truce::vendor {

namespace {

// "zen:event-type:ticket.status_changed" -> {"ticket", "status_changed"}
struct EventType {
  std::string object;
  std::string what;
};

EventType event_type(const Json& node) {
  constexpr std::string_view prefix = "zen:event-type:";
  auto type = text_member(node, "type");
  if (!type.starts_with(prefix)) return {};
  type.erase(0, prefix.size());
  const auto dot = type.find('.');
  if (dot == std::string::npos) return {};
  return {type.substr(0, dot), type.substr(dot + 1)};
}

// Events have names of their own for some fields of the REST API.
std::string rest_name(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> names = {{
      {"agent_assignment", "assignee_id"},
      {"brand", "brand_id"},
      {"custom_status", "custom_status_id"},
      {"default_group", "default_group_id"},
      {"form", "ticket_form_id"},
      {"form_id", "ticket_form_id"},
      {"group_assignment", "group_id"},
      {"organization", "organization_id"},
      {"problem_link", "problem_id"},
      {"requester", "requester_id"},
      {"submitter", "submitter_id"},
  }};
  if (name == "task_due_at") return "due_at";
  for (const auto& [event_name, rest] : names) {
    if (event_name == name) return std::string(rest);
  }
  return name;
}

bool is_option(const std::string& name) {
  return name == "status" || name == "priority" || name == "type" || name == "role";
}

// Events spell options in capitals and "nothing" as "" or, for ids, "0"; the REST API does neither.
Json rest_value(const std::string& name, const Json& value) {
  if (name == "tags" && value.is_null()) return Json::array();
  if (!value.is_string()) return value;
  const auto& text = value.get_ref<const std::string&>();
  if (name.ends_with("_id") && (text.empty() || text == "0")) return nullptr;
  if (!is_option(name)) return value;
  if (text.empty()) return nullptr;
  return text == "ON_HOLD" ? "hold" : lower_case(text);
}

Json rest_record(const Json& detail) {
  Json record = Json::object();
  for (const auto& member : detail.items()) {
    const auto name = rest_name(member.key());
    if (name == "actor_id") continue;
    record[name] = rest_value(name, member.value());
  }
  return record;
}

const Json* custom_field_of(const Json& change) {
  for (const auto* key : {"custom_field", "field"}) {
    const Json* field = find_member(change, key);
    if (field != nullptr && !text_member(*field, "id").empty()) return field;
  }
  return nullptr;
}

Json unwrapped(const Json* node) {
  if (node == nullptr) return nullptr;
  const Json* inner = find_member(*node, "value");
  return inner == nullptr ? *node : *inner;
}

// Puts the one field that `change` tells of into the record and names it.
void take_change(const std::string& what, const Json& change, VendorEvent& event) {
  constexpr std::string_view suffix = "_changed";
  const Json* current = find_member(change, "current");
  if (!what.ends_with(suffix) || current == nullptr) return;
  const Json* previous = find_member(change, "previous");
  if (const Json* field = custom_field_of(change)) {
    const auto id = text_member(*field, "id");
    const auto path = "custom_fields[id=" + id + "].value";
    (*event.record)["custom_fields"] = Json::array({{{"id", id}, {"value", unwrapped(current)}}});
    event.changes.changed.push_back(path);
    if (previous != nullptr) event.changes.previous[path] = unwrapped(previous);
    return;
  }
  if (current->is_object()) return;  // an identity, an attachment: no field of the record
  const auto name = rest_name(what.substr(0, what.size() - suffix.size()));
  (*event.record)[name] = rest_value(name, *current);
  event.changes.changed.push_back(name);
  if (previous != nullptr) event.changes.previous[name] = rest_value(name, *previous);
}

// The tags before, from those after and the difference.
void take_tags(const Json& change, VendorEvent& event) {
  const Json* added = find_member(change, "tags_added");
  const Json* removed = find_member(change, "tags_removed");
  if ((added == nullptr || !added->is_array()) && (removed == nullptr || !removed->is_array()))
    return;
  event.changes.changed.emplace_back("tags");
  const Json* tags = find_member(*event.record, "tags");
  if (tags == nullptr || !tags->is_array()) return;
  Json before = Json::array();
  for (const auto& tag : *tags) {
    const bool is_new = added != nullptr && added->is_array() &&
                        std::find(added->begin(), added->end(), tag) != added->end();
    if (!is_new) before.push_back(tag);
  }
  if (removed != nullptr && removed->is_array()) {
    before.insert(before.end(), removed->begin(), removed->end());
  }
  event.changes.previous["tags"] = std::move(before);
}

// Setting a user inactive is how Zendesk deletes one.
std::string_view operation(const EventType& type, const Json* change) {
  if (type.what == "soft_deleted" || type.what == "permanently_deleted" || type.what == "deleted") {
    return "delete";
  }
  if (type.what == "undeleted") return "restore";
  if (type.object == "user" && type.what == "active_changed" && change != nullptr) {
    const Json* current = find_member(*change, "current");
    if (current != nullptr && current->is_boolean()) {
      return current->get<bool>() ? "restore" : "delete";
    }
  }
  return "upsert";
}

std::string merge_target(const Json* change) {
  if (change == nullptr) return "";
  for (const auto* key : {"target_ticket_id", "target_user_id", "target_id"}) {
    auto id = text_member(*change, key);
    if (!id.empty()) return id;
  }
  return "";
}

// "zen:ticket:5158" -> "5158"
std::string id_in_subject(const Json& node) {
  const auto subject = text_member(node, "subject");
  const auto colon = subject.rfind(':');
  return colon == std::string::npos ? "" : subject.substr(colon + 1);
}

// Order within one action, where Zendesk tells it.
std::string version_of(const Json* change) {
  const Json* meta = change == nullptr ? nullptr : find_member(*change, "meta");
  const Json* sequence = meta == nullptr ? nullptr : find_member(*meta, "sequence");
  return sequence == nullptr ? "" : text_member(*sequence, "position");
}

VendorEvent frame_of(const Json& node, const EventType& type, const Json* detail,
                     const Json* change) {
  VendorEvent event;
  event.object = type.object;
  event.id = detail == nullptr ? "" : text_member(*detail, "id");
  if (event.id.empty()) event.id = id_in_subject(node);
  event.occurred_at = vendor_time(find_member(node, "time"));
  event.event_id = text_member(node, "id");
  event.version = version_of(change);
  const auto actor = detail == nullptr ? "" : text_member(*detail, "actor_id");
  if (!actor.empty()) event.actor = "user:" + actor;
  event.op = operation(type, change);
  return event;
}

}  // namespace

VendorEvents read_zendesk_event(const PayloadItem& item) {
  const Json& node = *item.node;
  const auto type = event_type(node);
  const Json* detail = find_member(node, "detail");
  const Json* change = find_member(node, "event");
  if (type.what.empty()) {
    return fail(Code::schema,
                "expected Zendesk webhook events: {type: \"zen:event-type:…\", id, time, subject, "
                "detail, event}");
  }
  auto event = frame_of(node, type, detail, change);
  if (event.id.empty())
    return fail(Code::schema, "this Zendesk event names no record in detail.id");
  if (type.what == "merged") {
    event.merged_into = merge_target(change);
    if (!event.merged_into.empty()) event.op = "merge";
    return std::vector<VendorEvent>{std::move(event)};
  }
  if (event.op != "delete" && detail != nullptr && detail->is_object()) {
    event.record = rest_record(*detail);
    // Of a user or an organization the detail has neither name nor phone.
    event.partial = type.object != "ticket";
    if (change != nullptr) {
      take_change(type.what, *change, event);
      if (type.what == "tags_changed") take_tags(*change, event);
    }
  }
  return std::vector<VendorEvent>{std::move(event)};
}

}  // namespace truce::vendor
