// The store's form of source and golden records. Keys are short because every field of every record
// carries them; each is named once in a comment beside its writer. A key is never used again for
// something else, since rows of older versions are read for ever.
#include "engine/core/model/facts_json.h"

#include "engine/core/model/json_members.h"

namespace truce {
namespace {

void put_evidence(Json& node, const char* key, Evidence evidence) {
  if (evidence == Evidence::certain) put(node, key, true);
}

// o order, v value, e certain, p value before, k event key, a actor, r received at
Json to_json(const Observation& observation) {
  Json node = Json::object();
  put(node, "o", to_json(observation.order));
  put_value(node, "v", observation.value);
  put_evidence(node, "e", observation.evidence);
  put_value(node, "p", observation.previous);
  put_id(node, "k", observation.event_key);
  put_text(node, "a", observation.actor);
  put_time(node, "r", observation.received_at);
  return node;
}

Observation observation_from_json(const Json& node) {
  Observation observation;
  if (const Json* order = find_member(node, "o")) {
    observation.order = history_order_from_json(*order);
  }
  observation.value = value_at(node, "v");
  observation.evidence = evidence_at(node, "e");
  observation.previous = optional_value_at(node, "p");
  observation.event_key = id_at<EventKey>(node, "k");
  observation.actor = text_at(node, "a");
  observation.received_at = time_at(node, "r");
  return observation;
}

// d delivery, s state, v value, o planned after, h handed out at, t settled at, c stored
// (confirmed by the target), p provenance
Json to_json(const Write& write) {
  Json node = Json::object();
  put_id(node, "d", write.delivery);
  put(node, "s", to_string(write.state));
  put_value(node, "v", write.value);
  if (write.planned_after) put(node, "o", to_json(*write.planned_after));
  put_time(node, "h", write.handed_out_at);
  put_time(node, "t", write.settled_at);
  if (write.stored) put(node, "c", to_json(*write.stored));
  put(node, "p", to_json(write.provenance));
  return node;
}

Write write_from_json(const Json& node) {
  Write write;
  write.delivery = id_at<DeliveryId>(node, "d");
  write.state = write_state_from(text_at(node, "s")).value_or(Write::State::leased);
  write.value = value_at(node, "v");
  if (const Json* order = find_member(node, "o")) {
    write.planned_after = history_order_from_json(*order);
  }
  write.handed_out_at = time_at(node, "h");
  write.settled_at = optional_time_at(node, "t");
  if (const Json* order = find_member(node, "c")) write.stored = history_order_from_json(*order);
  if (const Json* provenance = find_member(node, "p")) {
    write.provenance = provenance_from_json(*provenance);
  }
  return write;
}

// o observations, w writes
Json to_json(const FieldHistory& history) {
  Json node = Json::object();
  Json::array_t observations;
  observations.reserve(history.observations.size());
  for (const Observation& observation : history.observations) {
    observations.push_back(to_json(observation));
  }
  put(node, "o", std::move(observations));
  if (history.writes.empty()) return node;
  Json::array_t writes;
  writes.reserve(history.writes.size());
  for (const Write& write : history.writes) writes.push_back(to_json(write));
  put(node, "w", std::move(writes));
  return node;
}

FieldHistory field_history_from_json(const Json& node) {
  FieldHistory history;
  const Json::array_t& observations = array_at(node, "o");
  history.observations.reserve(observations.size());
  for (const Json& element : observations) {
    history.observations.push_back(observation_from_json(element));
  }
  const Json::array_t& writes = array_at(node, "w");
  history.writes.reserve(writes.size());
  for (const Json& element : writes) history.writes.push_back(write_from_json(element));
  return history;
}

// i id, f field, v value, t decided at, a actor, n note, s seen
Json to_json(const Decision& decision) {
  Json node = Json::object();
  put_id(node, "i", decision.id);
  put_id(node, "f", decision.field);
  put_value(node, "v", decision.value);
  put_time(node, "t", decision.decided_at);
  put_text(node, "a", decision.actor);
  put_text(node, "n", decision.note);
  Json seen = Json::object();
  for (const auto& [system, order] : decision.seen) seen.emplace(system.text, to_json(order));
  put(node, "s", std::move(seen));
  return node;
}

Decision decision_from_json(const Json& node) {
  Decision decision;
  decision.id = id_at<DecisionId>(node, "i");
  decision.field = id_at<FieldName>(node, "f");
  decision.value = value_at(node, "v");
  decision.decided_at = time_at(node, "t");
  decision.actor = text_at(node, "a");
  decision.note = text_at(node, "n");
  for (const auto& [system, order] : object_at(node, "s")) {
    decision.seen.emplace(SystemName(system), history_order_from_json(order));
  }
  return decision;
}

// t times, p value before, x frozen
Json to_json(const Flips& flips) {
  Json node = Json::object();
  Json::array_t times;
  for (Time time : flips.at) times.emplace_back(time.us);
  put(node, "t", std::move(times));
  put_value(node, "p", flips.previous);
  put_flag(node, "x", flips.frozen);
  return node;
}

Flips flips_from_json(const Json& node) {
  Flips flips;
  for (const Json& element : array_at(node, "t")) {
    if (const auto us = to_int64(element)) flips.at.push_back(Time{*us});
  }
  flips.previous = value_at(node, "p");
  flips.frozen = flag_at(node, "x");
  return flips;
}

// v value, c contested, s system, t changed at, e certain, r rule, w why, k event key
Json to_json(const GoldenField& field) {
  Json node = Json::object();
  put_value(node, "v", field.value);
  put_flag(node, "c", field.contested);
  put_id(node, "s", field.system);
  put_time(node, "t", field.changed_at);
  put_evidence(node, "e", field.evidence);
  put_text(node, "r", field.rule);
  put_text(node, "w", field.why);
  put_id(node, "k", field.event_key);
  return node;
}

GoldenField golden_field_from_json(const Json& node) {
  GoldenField field;
  field.value = value_at(node, "v");
  field.contested = flag_at(node, "c");
  field.system = id_at<SystemName>(node, "s");
  field.changed_at = time_at(node, "t");
  field.evidence = evidence_at(node, "e");
  field.rule = text_at(node, "r");
  field.why = text_at(node, "w");
  field.event_key = id_at<EventKey>(node, "k");
  return field;
}

template <class Map>
Json map_to_json(const Map& map) {
  Json node = Json::object();
  auto& members = node.get_ref<Json::object_t&>();
  for (const auto& [name, value] : map) members.emplace(name.text, to_json(value));
  return node;
}

}  // namespace

Evidence evidence_at(const Json& node, const char* key) {
  return flag_at(node, key) ? Evidence::certain : Evidence::possible;
}

// t at, n version, h hash
Json to_json(const HistoryOrder& order) {
  Json node = Json::object();
  put_time(node, "t", order.at);
  put_text(node, "n", order.version);
  put_text(node, "h", order.hash);
  return node;
}

HistoryOrder history_order_from_json(const Json& node) {
  return {time_at(node, "t"), text_at(node, "n"), text_at(node, "h")};
}

// s system, t changed at, e certain, k event key
Json to_json(const Provenance& provenance) {
  Json node = Json::object();
  put_id(node, "s", provenance.system);
  put_time(node, "t", provenance.changed_at);
  put_evidence(node, "e", provenance.evidence);
  put_id(node, "k", provenance.event_key);
  return node;
}

Provenance provenance_from_json(const Json& node) {
  return {id_at<SystemName>(node, "s"), time_at(node, "t"), evidence_at(node, "e"),
          id_at<EventKey>(node, "k")};
}

Json to_json(const SourceRecord& record) {
  Json node = Json::object();
  put_id(node, "system", record.system);
  put_id(node, "entity", record.entity);
  put_id(node, "id", record.id);
  put_id(node, "golden", record.golden);
  put(node, "state", to_string(record.state));
  put_id(node, "merged_into", record.merged_into);
  put(node, "fields", map_to_json(record.fields));
  put_time(node, "deleted_at", record.deleted_at);
  put_time(node, "present_at", record.present_at);
  put_time(node, "first_seen", record.first_seen);
  return node;
}

SourceRecord source_record_from_json(const Json& node) {
  SourceRecord record;
  record.system = id_at<SystemName>(node, "system");
  record.entity = id_at<EntityName>(node, "entity");
  record.id = id_at<RecordId>(node, "id");
  record.golden = id_at<GoldenId>(node, "golden");
  record.state = link_state_from(text_at(node, "state")).value_or(LinkState::active);
  record.merged_into = id_at<RecordId>(node, "merged_into");
  for (const auto& [name, history] : object_at(node, "fields")) {
    record.fields.emplace_hint(record.fields.end(), name, field_history_from_json(history));
  }
  record.deleted_at = optional_time_at(node, "deleted_at");
  record.present_at = optional_time_at(node, "present_at");
  record.first_seen = time_at(node, "first_seen");
  return record;
}

Json to_json(const GoldenRecord& record) {
  Json node = Json::object();
  put_id(node, "id", record.id);
  put_id(node, "entity", record.entity);
  if (!record.decisions.empty()) {
    Json::array_t decisions;
    for (const Decision& decision : record.decisions) decisions.push_back(to_json(decision));
    put(node, "decisions", std::move(decisions));
  }
  if (!record.no_create.empty()) {
    Json::array_t systems;
    for (const SystemName& system : record.no_create) systems.emplace_back(system.text);
    put(node, "no_create", std::move(systems));
  }
  if (!record.flips.empty()) put(node, "flips", map_to_json(record.flips));
  put_time(node, "deleted_at", record.deleted_at);
  put_id(node, "merged_into", record.merged_into);
  put(node, "fields", map_to_json(record.fields));
  put_count(node, "version", record.version);
  put_time(node, "created_at", record.created_at);
  put_time(node, "updated_at", record.updated_at);
  put_text(node, "policy_sha256", record.policy_sha256);
  return node;
}

GoldenRecord golden_record_from_json(const Json& node) {
  GoldenRecord record;
  record.id = id_at<GoldenId>(node, "id");
  record.entity = id_at<EntityName>(node, "entity");
  for (const Json& decision : array_at(node, "decisions")) {
    record.decisions.push_back(decision_from_json(decision));
  }
  for (std::string& system : texts_at(node, "no_create")) {
    record.no_create.emplace_back(std::move(system));
  }
  for (const auto& [name, flips] : object_at(node, "flips")) {
    record.flips.emplace_hint(record.flips.end(), name, flips_from_json(flips));
  }
  record.deleted_at = optional_time_at(node, "deleted_at");
  record.merged_into = id_at<GoldenId>(node, "merged_into");
  for (const auto& [name, field] : object_at(node, "fields")) {
    record.fields.emplace_hint(record.fields.end(), name, golden_field_from_json(field));
  }
  record.version = count_at(node, "version");
  record.created_at = time_at(node, "created_at");
  record.updated_at = time_at(node, "updated_at");
  record.policy_sha256 = text_at(node, "policy_sha256");
  return record;
}

}  // namespace truce
