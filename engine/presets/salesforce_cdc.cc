#include <algorithm>
#include <cstddef>
#include <set>

#include "engine/presets/presets.h"
#include "engine/presets/readers.h"
#include "engine/presets/salesforce_objects.h"

namespace truce::vendor {

namespace {

constexpr std::string_view header_key = "ChangeEventHeader";
// One event may name many records, and each gets its own copy of the change.
constexpr std::size_t max_copied_bytes = 64 * 1024 * 1024;

// CometD sends the changed fields only, and a null there is a cleared field. Pub/Sub sends every
// field of the object, and a null is an unchanged one unless `nulledFields` names it.
enum class Channel { cometd, pub_sub };

struct ChangeMessage {
  const Json* body = nullptr;  // the fields, with the header among them
  const Json* header = nullptr;
  Channel channel = Channel::cometd;
  std::string replay_id;  // digits, or empty where the client keeps it as opaque bytes
};

bool only_digits(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// {"data": {"payload": …, "event": {"replayId"}}} (CometD), {"replayId", "payload"} (a Pub/Sub
// client), or the payload itself.
ChangeMessage open_message(const Json& item) {
  ChangeMessage message;
  const Json* data = find_member(item, "data");
  const Json* outer = data != nullptr && data->is_object() ? data : &item;
  const Json* payload = find_member(*outer, "payload");
  message.body = payload != nullptr && payload->is_object() ? payload : outer;
  message.header = find_member(*message.body, header_key);
  const Json* event = find_member(*outer, "event");
  message.replay_id = text_member(event != nullptr ? *event : *outer, "replayId");
  if (!only_digits(message.replay_id)) message.replay_id.clear();
  if (message.header != nullptr && outer != data &&
      find_member(*message.header, "nulledFields") != nullptr) {
    message.channel = Channel::pub_sub;
  }
  return message;
}

// "0x400800", or "4-0x01" for the parts of a compound field: it takes the schema to read it.
bool is_bitmap(const std::string& entry) {
  const auto start = entry.find("0x");
  if (start == std::string::npos) return false;
  const auto digits = std::string_view(entry).substr(start + 2);
  const auto before = std::string_view(entry).substr(0, start);
  const bool plain_start =
      before.empty() || (before.ends_with('-') && only_digits(entry.substr(0, start - 1)));
  return plain_start && !digits.empty() &&
         digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

struct FieldList {
  std::set<std::string> names;  // flat
  bool unreadable = false;      // a bitmap is among them
};

FieldList field_list(const Json& header, std::string_view key) {
  FieldList list;
  const Json* entries = find_member(header, key);
  if (entries == nullptr || !entries->is_array()) return list;
  for (const auto& node : *entries) {
    const auto entry = scalar_text(node).value_or("");
    if (is_bitmap(entry)) {
      list.unreadable = true;
    } else if (!entry.empty()) {
      list.names.insert(salesforce_flat_field(entry));
    }
  }
  return list;
}

// Over CometD a long text that changed is {"diff": "…"}: a difference, not a value.
bool is_difference(const Json& value) {
  return value.is_object() && value.size() == 1 && value.contains("diff");
}

// The change in the flat form that REST rows have, and what of it cannot be known from the event.
struct ChangedRow {
  Json fields = Json::object();
  bool incomplete = false;  // some changed field is not in `fields`: the record has to be fetched
};

class RowBuilder {
 public:
  RowBuilder(const ChangeMessage& message, FieldList nulled, FieldList differences)
      : channel_(message.channel),
        nulled_(std::move(nulled)),
        differences_(std::move(differences)) {
    row_.incomplete = nulled_.unreadable || differences_.unreadable;
    for (const auto& member : message.body->items()) {
      if (member.key() != header_key) add_member(member.key(), member.value());
    }
    for (const auto& name : nulled_.names) clear(name);
  }

  ChangedRow take() { return std::move(row_); }

 private:
  void add_member(const std::string& name, const Json& value) {
    if (is_difference(value)) {
      row_.incomplete = true;
    } else if (value.is_object()) {
      for (const auto& part : value.items()) {
        add_field(salesforce_flat_field(name, part.key()), part.value());
      }
    } else {
      add_field(name, value);
    }
  }

  void add_field(const std::string& name, const Json& value) {
    if (differences_.names.contains(name)) {
      row_.incomplete = true;
    } else if (!value.is_null()) {
      row_.fields[name] = value;
    } else if (channel_ == Channel::cometd) {
      clear(name);
    }
  }

  void clear(const std::string& name) {
    for (const auto& field : salesforce_cleared_fields(name)) row_.fields[field] = nullptr;
  }

  Channel channel_;
  FieldList nulled_;
  FieldList differences_;
  ChangedRow row_;
};

std::vector<std::string> names_of(const Json& fields) {
  std::vector<std::string> names;
  for (const auto& member : fields.items()) names.push_back(member.key());
  return names;
}

// Within one transaction the sequence number orders the changes, between transactions the commit
// does. 14 + 6 digits at most, compared as a number.
std::string version_of(const ChangeMessage& message) {
  if (!message.replay_id.empty()) return message.replay_id;
  const auto commit = text_member(*message.header, "commitNumber");
  auto sequence = text_member(*message.header, "sequenceNumber");
  if (!only_digits(commit) || !only_digits(sequence) || sequence.size() > 6) return commit;
  sequence.insert(0, 6 - sequence.size(), '0');
  return commit + sequence;
}

// "com/salesforce/api/rest/58.0;client=Truce" -> "Truce"
std::string client_of(const std::string& origin) {
  constexpr std::string_view marker = "client=";
  const auto start = origin.find(marker);
  if (start == std::string::npos) return origin;
  auto client = origin.substr(start + marker.size());
  while (client.ends_with('/')) client.pop_back();
  return client;
}

VendorEvent event_frame(const ChangeMessage& message) {
  const Json& header = *message.header;
  VendorEvent event;
  event.object = text_member(header, "entityName");
  event.occurred_at = vendor_time(find_member(header, "commitTimestamp"));
  event.version = version_of(message);
  event.event_id =
      joined({text_member(header, "transactionKey"), text_member(header, "sequenceNumber")});
  const auto user = text_member(header, "commitUser");
  event.actor =
      joined({client_of(text_member(header, "changeOrigin")), user.empty() ? "" : "user:" + user});
  return event;
}

std::vector<std::string> record_ids(const Json& header) {
  std::vector<std::string> ids;
  const Json* nodes = find_member(header, "recordIds");
  if (nodes != nullptr && nodes->is_array()) {
    for (const auto& node : *nodes) ids.push_back(scalar_text(node).value_or(""));
  }
  std::erase(ids, "");
  // An overflow (GAP_OVERFLOW) names no record at all: everything of this entity has to be read
  // again.
  if (ids.empty()) ids.emplace_back("*");
  return ids;
}

// "001*" stands for many records and 000000000000000AAA for none that could be named.
bool names_one_record(const std::string& id) {
  return id.find('*') == std::string::npos && !id.starts_with("000000000000000");
}

// What the change says about each of its records.
std::vector<VendorEvent> events_of_change(const ChangeMessage& message) {
  const auto type = text_member(*message.header, "changeType");
  VendorEvent event = event_frame(message);
  if (type == "DELETE" || type == "GAP_DELETE") event.op = "delete";
  if (type == "UNDELETE" || type == "GAP_UNDELETE") event.op = "restore";
  if (type == "DELETE" || type.starts_with("GAP_")) return {event};

  auto differences = field_list(*message.header, "diffFields");
  // Which text is a difference and which a value cannot be told: none of it may be copied.
  if (differences.unreadable) return {event};
  const VendorEvent to_fetch = event;
  auto row = RowBuilder(message, field_list(*message.header, "nulledFields"), differences).take();
  // A row that came back is whole, and says nothing about when its fields changed.
  if (type != "UNDELETE") event.changes.changed = names_of(row.fields);
  event.partial = type == "UPDATE";
  const bool has_fields = !row.fields.empty();
  event.record = std::move(row.fields);
  if (!row.incomplete) return {event};
  if (!has_fields) return {to_fetch};
  return {event, to_fetch};
}

bool fits(const std::vector<std::string>& ids, const std::vector<VendorEvent>& events) {
  std::size_t bytes = 0;
  for (const auto& event : events) {
    if (event.record) bytes += to_wire(*event.record).size();
  }
  return ids.size() <= max_events_per_payload && bytes * ids.size() <= max_copied_bytes;
}

}  // namespace

VendorEvents read_salesforce_cdc(const PayloadItem& item) {
  const auto message = open_message(*item.node);
  if (message.header == nullptr || text_member(*message.header, "changeType").empty() ||
      text_member(*message.header, "entityName").empty()) {
    return fail(Code::schema,
                "expected decoded Salesforce change events: a ChangeEventHeader with entityName, "
                "changeType and recordIds, in payload, in data.payload or at the top");
  }
  const auto ids = record_ids(*message.header);
  const auto change = events_of_change(message);
  if (!fits(ids, change)) {
    return fail(Code::batch_size, "this change names too many records to be copied to each");
  }
  std::vector<VendorEvent> events;
  for (const auto& id : ids) {
    if (!names_one_record(id)) {
      VendorEvent unnamed = event_frame(message);
      unnamed.id = id;
      events.push_back(std::move(unnamed));
      continue;
    }
    for (VendorEvent event : change) {
      event.id = id;
      if (event.record) (*event.record)["Id"] = id;
      events.push_back(std::move(event));
    }
  }
  return events;
}

}  // namespace truce::vendor
