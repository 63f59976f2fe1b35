#include "sidecar/dto/event_batch.h"

#include "engine/presets/entity_resolver.h"
#include "sidecar/dto/json_lines.h"
#include "sidecar/dto/member_reader.h"

namespace truce {

namespace {

bool is_payload(const Json& node) { return find_member(node, "preset") != nullptr; }

Result<std::vector<Json>> expand(const Json& node, const Policy& policy) {
  MemberReader reader(node);
  const std::string preset = reader.required_text("preset");
  const SystemName system(reader.required_text("system"));
  const std::string entity = reader.text("entity");
  const auto history_since = reader.time("history_since");
  if (reader.problem()) return tl::unexpected<Problem>(*reader.problem());
  const Json* payload = reader.any("payload");
  if (payload == nullptr) return fail(Code::required, "this member is needed", "/payload");
  const auto said = entity.empty() ? std::nullopt : std::optional(EntityName(entity));
  return expand_payload(preset, system, entity_resolver(policy, system, said), *payload,
                        history_since);
}

// What the engine keeps and rejects, so that its neighbours are processed.
Json unreadable(const Json& node, const Problem& problem) {
  Json event = {{"problem",
                 {{"code", to_string(problem.code)},
                  {"message", problem.message},
                  {"pointer", problem.pointer}}},
                {"record", node}};
  for (const char* key : {"system", "entity"}) {
    if (const Json* member = find_member(node, key)) event[key] = *member;
  }
  return event;
}

void add(EventBatch& batch, Json event, const EventPlace& place) {
  batch.events.push_back(std::move(event));
  batch.places.push_back(place);
}

void add_all(EventBatch& batch, std::vector<Json> events, std::size_t index) {
  for (std::size_t i = 0; i < events.size(); ++i) add(batch, std::move(events[i]), {index, i});
}

Result<void> add_item(EventBatch& batch, Json item, std::size_t index, const Policy& policy) {
  if (!is_payload(item)) {
    add(batch, std::move(item), {index, {}});
  } else if (Result<std::vector<Json>> expanded = expand(item, policy)) {
    add_all(batch, *std::move(expanded), index);
  } else if (expanded.error().code == Code::batch_size) {
    return tl::unexpected<Problem>(expanded.error());
  } else {
    add(batch, unreadable(item, expanded.error()), {index, {}});
  }
  if (batch.events.size() <= batch_events_max) return {};
  return fail(Code::batch_size, "more than " + std::to_string(batch_events_max) + " events");
}

tl::unexpected<Problem> nothing_sent() { return fail(Code::batch_size, "there is no event in it"); }

Result<EventBatch> read_list(Json& body, const Policy& policy) {
  MemberReader reader(body);
  EventBatch batch;
  batch.hand_out = reader.flag("hand_out");
  batch.lease = reader.duration_ms("lease_ms", lease_max);
  reader.required_list("events");
  if (reader.problem()) return tl::unexpected<Problem>(*reader.problem());
  std::size_t index = 0;
  for (Json& item : body["events"]) {
    const Result<void> added = add_item(batch, std::move(item), index++, policy);
    if (!added) return tl::unexpected<Problem>(added.error());
  }
  if (index == 0) return nothing_sent();
  return batch;
}

Result<EventBatch> read_payload(const Json& body, const Policy& policy) {
  Result<std::vector<Json>> events = expand(body, policy);
  if (!events) return tl::unexpected<Problem>(events.error());
  MemberReader reader(body);
  EventBatch batch;
  batch.hand_out = reader.flag("hand_out");
  batch.lease = reader.duration_ms("lease_ms", lease_max);
  add_all(batch, *std::move(events), 0);
  if (reader.problem()) return tl::unexpected<Problem>(*reader.problem());
  return batch;
}

}  // namespace

Result<EventBatch> read_event_batch(Json body, const Policy& policy) {
  if (!body.is_object()) {
    return fail(Code::schema, "an event, or an object with `events`, is expected");
  }
  if (body.contains("events")) return read_list(body, policy);
  if (is_payload(body)) return read_payload(body, policy);
  EventBatch batch;
  add(batch, std::move(body), {});
  return batch;
}

Result<EventBatch> read_event_lines(std::string_view lines, const Policy& policy) {
  EventBatch batch;
  std::size_t index = 0;
  const Result<void> read = each_json_line(
      lines, [&](Json item) { return add_item(batch, std::move(item), index++, policy); });
  if (!read) return tl::unexpected<Problem>(read.error());
  if (index == 0) return nothing_sent();
  return batch;
}

}  // namespace truce
