#include "engine/presets/pipedrive_shape.h"
#include "engine/presets/readers.h"

namespace truce::vendor {

namespace {

// The one place where the two versions of Pipedrive's webhooks differ in names.
struct Message {
  VendorEvent frame;
  std::string action;  // as sent: added, updated, deleted, merged; create, change, delete
  const Json* now = nullptr;
  const Json* before = nullptr;
  Before scope = Before::whole;
  std::string merged_to;
  std::string merged_from;
};

std::string actor_of(const Json& meta) {
  const auto user = text_member(meta, "user_id");
  return joined({text_member(meta, "change_source"), user.empty() ? "" : "user:" + user});
}

const Json* object_or_none(const Json* node) {
  return node != nullptr && node->is_object() ? node : nullptr;
}

Message open_v1(const Json& item, const Json& meta) {
  Message message;
  message.frame.object = text_member(meta, "object");
  message.frame.id = text_member(meta, "id");
  message.action = text_member(meta, "action");
  message.now = object_or_none(find_member(item, "current"));
  message.before = object_or_none(find_member(item, "previous"));
  const Json* time = find_member(meta, "timestamp_micro");
  if (time == nullptr) time = find_member(meta, "timestamp");
  message.frame.occurred_at = vendor_time(time);
  message.frame.version = text_member(meta, "timestamp_micro");
  // v1 gives its events no id; `retry` moves with every attempt and takes no part.
  message.frame.event_id =
      joined({message.frame.object, message.frame.id, message.action, message.frame.version});
  if (message.action == "merged" && message.before != nullptr) {
    const auto before_id = text_member(*message.before, "id");
    if (before_id != message.frame.id) message.merged_from = before_id;
  }
  return message;
}

Message open_v2(const Json& item, const Json& meta) {
  Message message;
  message.frame.object = text_member(meta, "entity");
  message.frame.id = text_member(meta, "entity_id");
  message.action = text_member(meta, "action");
  message.now = object_or_none(find_member(item, "data"));
  message.before = object_or_none(find_member(item, "previous"));
  message.scope = Before::partial;
  message.frame.occurred_at = vendor_time(find_member(meta, "timestamp"));
  message.frame.event_id = text_member(meta, "id");
  message.merged_to = text_member(meta, "merged_to_id");
  message.merged_from = text_member(meta, "merged_from_id");
  return message;
}

VendorEvent merge_event(const VendorEvent& frame, const std::string& loser,
                        const std::string& survivor) {
  VendorEvent event = frame;
  event.op = "merge";
  event.id = loser;
  event.merged_into = survivor;
  return event;
}

VendorEvents deletion(const Message& message) {
  if (!message.merged_to.empty()) {
    return std::vector<VendorEvent>{
        merge_event(message.frame, message.frame.id, message.merged_to)};
  }
  VendorEvent event = message.frame;
  event.op = "delete";
  return std::vector<VendorEvent>{std::move(event)};
}

VendorEvents change(const Message& message) {
  std::vector<VendorEvent> events;
  if (!message.merged_from.empty()) {
    events.push_back(merge_event(message.frame, message.merged_from, message.frame.id));
  }
  VendorEvent event = message.frame;
  if (message.now != nullptr) {
    event.record = pipedrive_v2_shape(*message.now);
    // What a merge brought along is not an edit of the survivor's fields in either webhook version.
    if (message.before != nullptr && message.merged_from.empty()) {
      event.changes =
          pipedrive_changes(pipedrive_v2_shape(*message.before), *event.record, message.scope);
    }
    if (is_true(*event.record, "is_deleted")) {
      event.op = "delete";
      event.record.reset();
      event.changes = {};
    }
  }
  events.push_back(std::move(event));
  return events;
}

}  // namespace

VendorEvents read_pipedrive_webhook(const PayloadItem& item) {
  const Json* meta = find_member(*item.node, "meta");
  const bool is_v2 = meta != nullptr && find_member(*meta, "entity_id") != nullptr;
  const bool is_v1 = meta != nullptr && find_member(*meta, "object") != nullptr;
  if (!is_v1 && !is_v2) {
    return fail(Code::schema,
                "expected a Pipedrive webhook: meta with object and id beside current and previous "
                "(v1), or meta with entity and entity_id beside data and previous (v2)");
  }
  auto message = is_v2 ? open_v2(*item.node, *meta) : open_v1(*item.node, *meta);
  if (message.frame.id.empty() || message.frame.object.empty()) {
    return fail(Code::schema, "this Pipedrive webhook does not name its record in meta");
  }
  message.frame.actor = actor_of(*meta);
  const bool deleted = message.action == "deleted" || message.action == "delete";
  return deleted ? deletion(message) : change(message);
}

}  // namespace truce::vendor
