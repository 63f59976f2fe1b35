#include <algorithm>

#include "engine/app/explanation.h"

namespace truce {
namespace {

struct TrailLine {
  Time at;
  Json node;
};

TrailLine line_of(const Write& write) {
  Json node{{"kind", std::string(to_string(write.state))},
            {"at", to_rfc3339(write.handed_out_at)},
            {"value", to_json(write.value)},
            {"delivery", write.delivery.text.substr(0, write.delivery.text.find('/'))},
            {"whose", provenance_json(write.provenance)}};
  if (write.settled_at) node["settled_at"] = to_rfc3339(*write.settled_at);
  if (write.stored) {
    node["answered_with_record_of"] = to_rfc3339(write.stored->at);
  }
  return {write.handed_out_at, std::move(node)};
}

// What came back of a write: as it was sent, as the system keeps it, or the picture from before.
TrailLine line_of(const Entry& entry) {
  Json node{{"kind", std::string(word_of(entry.kind))},
            {"at", to_rfc3339(entry.at)},
            {"value", to_json(entry.value)},
            {"event_key", entry.observation->event_key.text()},
            {"received_at", to_rfc3339(entry.observation->received_at)}};
  if (entry.write) {
    node["delivery"] = entry.write->delivery.text.substr(0, entry.write->delivery.text.find('/'));
    node["as_sent"] = same(entry.value, entry.write->value);
  }
  return {entry.at, std::move(node)};
}

TrailLine line_of(const Delivery& delivery, const DeliveryField& field) {
  const bool waits =
      delivery.state == DeliveryState::pending || delivery.state == DeliveryState::waiting;
  Json node{{"kind", waits ? "queued" : std::string(to_string(delivery.state))},
            {"at", to_rfc3339(delivery.created_at)},
            {"value", to_json(field.value)},
            {"delivery", delivery.id.text}};
  if (waits) node["due_at"] = to_rfc3339(delivery.due_at);
  if (!delivery.error.empty()) node["error"] = delivery.error;
  return {delivery.created_at, std::move(node)};
}

}  // namespace

Json echo_trail(const FieldName& name, const Derived& derived,
                const std::vector<Delivery>& deliveries) {
  std::map<std::string, std::vector<TrailLine>> lines;
  for (const SourceView& view : derived.views) {
    auto& own = lines[view.system->name.text];
    const auto history = view.record->fields.find(name);
    if (history != view.record->fields.end()) {
      for (const Write& write : history->second.writes) own.push_back(line_of(write));
    }
    const Timeline* timeline = view.timeline_as_told(name);
    if (!timeline) continue;
    for (const Entry& entry : timeline->entries) {
      if (entry.kind == EntryKind::echo || entry.kind == EntryKind::stale) {
        own.push_back(line_of(entry));
      }
    }
  }
  // The record of a create may have come before its result, and has its write then.
  const auto is_listed = [&](const Delivery& delivery) {
    const auto& own = lines[delivery.system.text];
    return std::any_of(own.begin(), own.end(), [&](const TrailLine& line) {
      return line.node.value("delivery", "") == delivery.id.text;
    });
  };
  for (const Delivery& delivery : deliveries) {
    const auto field = delivery.fields.find(name);
    const bool told = delivery.state == DeliveryState::leased &&
                      (!delivery.record_id.empty() || is_listed(delivery));
    if (field == delivery.fields.end() || told) continue;
    lines[delivery.system.text].push_back(line_of(delivery, field->second));
  }
  Json trail = Json::object();
  for (auto& [system, own] : lines) {
    std::stable_sort(own.begin(), own.end(),
                     [](const TrailLine& a, const TrailLine& b) { return a.at < b.at; });
    Json entries = Json::array();
    for (TrailLine& line : own) entries.push_back(std::move(line.node));
    trail[system] = std::move(entries);
  }
  return trail;
}

}  // namespace truce
