// The store's form of source and golden records. Members are short because every field of every
// record carries them; each is named once in a comment beside its writer. A member is never used
// again for something else, since rows of older versions are read for ever.
#include "engine/core/model/facts_json.h"

#include "engine/core/model/event_keys.h"
#include "engine/core/model/json_members.h"

namespace truce {
namespace {

void put_evidence(JsonText& out, std::string_view key, Evidence evidence) {
  put_flag(out, key, evidence == Evidence::certain);
}

// o order, v value, e certain, p value before, k event key, a actor, r received at
void write(JsonText& out, const Observation& observation, EventKeys& keys) {
  out.open_object();
  write(out.key("o"), observation.order);
  put_value(out, "v", observation.value);
  put_evidence(out, "e", observation.evidence);
  put_value(out, "p", observation.previous);
  keys.put(out, "k", observation.event_key);
  put_text(out, "a", observation.actor);
  put_time(out, "r", observation.received_at);
  out.close_object();
}

Observation observation_from_stored(const StoredNode& node, const KeyList& keys) {
  Observation observation;
  if (const StoredNode* order = node.find("o")) {
    observation.order = history_order_from_stored(*order);
  }
  observation.value = value_at(node, "v");
  observation.evidence = evidence_at(node, "e");
  observation.previous = optional_value_at(node, "p");
  observation.event_key = keys.at(node, "k");
  observation.actor = text_at(node, "a");
  observation.received_at = time_at(node, "r");
  return observation;
}

// d delivery, s state, v value, o planned after, h handed out at, t settled at, c stored
// (confirmed by the target), p provenance
void write(JsonText& out, const Write& write_of, EventKeys& keys) {
  out.open_object();
  put_id(out, "d", write_of.delivery);
  put(out, "s", to_string(write_of.state));
  put_value(out, "v", write_of.value);
  if (write_of.planned_after) write(out.key("o"), *write_of.planned_after);
  put_time(out, "h", write_of.handed_out_at);
  put_time(out, "t", write_of.settled_at);
  if (write_of.stored) write(out.key("c"), *write_of.stored);
  write(out.key("p"), write_of.provenance, keys);
  out.close_object();
}

Write write_from_stored(const StoredNode& node, const KeyList& keys) {
  Write write;
  write.delivery = id_at<DeliveryId>(node, "d");
  write.state = write_state_from(text_at(node, "s")).value_or(Write::State::leased);
  write.value = value_at(node, "v");
  if (const StoredNode* order = node.find("o")) {
    write.planned_after = history_order_from_stored(*order);
  }
  write.handed_out_at = time_at(node, "h");
  write.settled_at = optional_time_at(node, "t");
  if (const StoredNode* order = node.find("c")) write.stored = history_order_from_stored(*order);
  if (const StoredNode* provenance = node.find("p")) {
    write.provenance = provenance_from_stored(*provenance, keys);
  }
  return write;
}

// o observations, w writes
void write(JsonText& out, const FieldHistory& history, EventKeys& keys) {
  out.open_object();
  put_list(out, "o", history.observations, [&](const auto& each) { write(out, each, keys); });
  if (!history.writes.empty())
    put_list(out, "w", history.writes, [&](const auto& each) { write(out, each, keys); });
  out.close_object();
}

FieldHistory field_history_from_stored(const StoredNode& node, const KeyList& keys) {
  FieldHistory history;
  const StoredNode& observations = array_at(node, "o");
  history.observations.reserve(observations.count);
  for (const StoredNode& element : observations) {
    history.observations.push_back(observation_from_stored(element, keys));
  }
  const StoredNode& writes = array_at(node, "w");
  history.writes.reserve(writes.count);
  for (const StoredNode& element : writes)
    history.writes.push_back(write_from_stored(element, keys));
  return history;
}

// i id, f field, v value, t decided at, a actor, n note, s seen
void write(JsonText& out, const Decision& decision) {
  out.open_object();
  put_id(out, "i", decision.id);
  put_id(out, "f", decision.field);
  put_value(out, "v", decision.value);
  put_time(out, "t", decision.decided_at);
  put_text(out, "a", decision.actor);
  put_text(out, "n", decision.note);
  put_map(out, "s", decision.seen, [&](const auto& each) { write(out, each); });
  out.close_object();
}

Decision decision_from_stored(const StoredNode& node) {
  Decision decision;
  decision.id = id_at<DecisionId>(node, "i");
  decision.field = id_at<FieldName>(node, "f");
  decision.value = value_at(node, "v");
  decision.decided_at = time_at(node, "t");
  decision.actor = text_at(node, "a");
  decision.note = text_at(node, "n");
  for (const StoredNode& order : object_at(node, "s")) {
    decision.seen.emplace(name_of<SystemName>(order), history_order_from_stored(order));
  }
  return decision;
}

// t times, p value before, x frozen
void write(JsonText& out, const Flips& flips) {
  out.open_object();
  out.key("t").open_array();
  for (Time time : flips.at) out.number(time.us);
  out.close_array();
  put_value(out, "p", flips.previous);
  put_flag(out, "x", flips.frozen);
  out.close_object();
}

Flips flips_from_stored(const StoredNode& node) {
  Flips flips;
  for (const StoredNode& element : array_at(node, "t")) {
    if (const auto us = integer_in<std::int64_t>(element.text)) flips.at.push_back(Time{*us});
  }
  flips.previous = value_at(node, "p");
  flips.frozen = flag_at(node, "x");
  return flips;
}

// v value, c contested, s system, t changed at, e certain, r rule, w why, k event key
void write(JsonText& out, const GoldenField& field, EventKeys& keys) {
  out.open_object();
  put_value(out, "v", field.value);
  put_flag(out, "c", field.contested);
  put_id(out, "s", field.system);
  put_time(out, "t", field.changed_at);
  put_evidence(out, "e", field.evidence);
  put_text(out, "r", field.rule);
  put_text(out, "w", field.why);
  keys.put(out, "k", field.event_key);
  out.close_object();
}

GoldenField golden_field_from_stored(const StoredNode& node, const KeyList& keys) {
  GoldenField field;
  field.value = value_at(node, "v");
  field.contested = flag_at(node, "c");
  field.system = id_at<SystemName>(node, "s");
  field.changed_at = time_at(node, "t");
  field.evidence = evidence_at(node, "e");
  field.rule = text_at(node, "r");
  field.why = text_at(node, "w");
  field.event_key = keys.at(node, "k");
  return field;
}

}  // namespace

Evidence evidence_at(const StoredNode& node, std::string_view key) {
  return flag_at(node, key) ? Evidence::certain : Evidence::possible;
}

// t at, n version, h hash
void write(JsonText& out, const HistoryOrder& order) {
  out.open_object();
  put_time(out, "t", order.at);
  put_text(out, "n", order.version);
  if (!order.hash.empty()) put(out, "h", order.hash.hex());
  out.close_object();
}

HistoryOrder history_order_from_stored(const StoredNode& node) {
  return {time_at(node, "t"), std::string(text_at(node, "n")),
          ValueHash::from_hex(text_at(node, "h"))};
}

// s system, t changed at, e certain, k event key
void write(JsonText& out, const Provenance& provenance, EventKeys& keys) {
  out.open_object();
  put_id(out, "s", provenance.system);
  put_time(out, "t", provenance.changed_at);
  put_evidence(out, "e", provenance.evidence);
  keys.put(out, "k", provenance.event_key);
  out.close_object();
}

Provenance provenance_from_stored(const StoredNode& node, const KeyList& keys) {
  return {id_at<SystemName>(node, "s"), time_at(node, "t"), evidence_at(node, "e"),
          keys.at(node, "k")};
}

std::string to_stored(const SourceRecord& record) {
  JsonText out;
  EventKeys keys;
  out.open_object();
  put_id(out, "system", record.system);
  put_id(out, "entity", record.entity);
  put_id(out, "id", record.id);
  put_id(out, "golden", record.golden);
  put(out, "state", to_string(record.state));
  put_id(out, "merged_into", record.merged_into);
  put_map(out, "fields", record.fields, [&](const auto& each) { write(out, each, keys); });
  put_time(out, "deleted_at", record.deleted_at);
  put_time(out, "present_at", record.present_at);
  put_time(out, "first_seen", record.first_seen);
  keys.put_all(out);
  out.close_object();
  return out.take();
}

SourceRecord source_record_from_stored(const StoredNode& node) {
  SourceRecord record;
  record.system = id_at<SystemName>(node, "system");
  record.entity = id_at<EntityName>(node, "entity");
  record.id = id_at<RecordId>(node, "id");
  record.golden = id_at<GoldenId>(node, "golden");
  record.state = link_state_from(text_at(node, "state")).value_or(LinkState::active);
  record.merged_into = id_at<RecordId>(node, "merged_into");
  const KeyList keys(node);
  std::map<FieldName, FieldHistory> fields;
  for (const StoredNode& history : object_at(node, "fields")) {
    fields.emplace_hint(fields.end(), name_of<FieldName>(history),
                        field_history_from_stored(history, keys));
  }
  record.fields = std::move(fields);
  record.deleted_at = optional_time_at(node, "deleted_at");
  record.present_at = optional_time_at(node, "present_at");
  record.first_seen = time_at(node, "first_seen");
  return record;
}

std::string to_stored(const GoldenRecord& record) {
  JsonText out;
  EventKeys keys;
  out.open_object();
  put_id(out, "id", record.id);
  put_id(out, "entity", record.entity);
  if (!record.decisions.empty())
    put_list(out, "decisions", record.decisions, [&](const auto& each) { write(out, each); });
  put_texts(out, "no_create", record.no_create);
  if (!record.flips.empty())
    put_map(out, "flips", record.flips, [&](const auto& each) { write(out, each); });
  put_time(out, "deleted_at", record.deleted_at);
  put_id(out, "merged_into", record.merged_into);
  put_map(out, "fields", record.fields, [&](const auto& each) { write(out, each, keys); });
  put_count(out, "version", record.version);
  put_time(out, "created_at", record.created_at);
  put_time(out, "updated_at", record.updated_at);
  put_text(out, "policy_sha256", record.policy_sha256);
  keys.put_all(out);
  out.close_object();
  return out.take();
}

GoldenRecord golden_record_from_stored(const StoredNode& node) {
  GoldenRecord record;
  record.id = id_at<GoldenId>(node, "id");
  record.entity = id_at<EntityName>(node, "entity");
  for (const StoredNode& decision : array_at(node, "decisions")) {
    record.decisions.push_back(decision_from_stored(decision));
  }
  for (std::string& system : texts_at(node, "no_create")) {
    record.no_create.emplace_back(std::move(system));
  }
  for (const StoredNode& flips : object_at(node, "flips")) {
    record.flips.emplace_hint(record.flips.end(), name_of<FieldName>(flips),
                              flips_from_stored(flips));
  }
  record.deleted_at = optional_time_at(node, "deleted_at");
  record.merged_into = id_at<GoldenId>(node, "merged_into");
  const KeyList keys(node);
  std::map<FieldName, GoldenField> fields;
  for (const StoredNode& field : object_at(node, "fields")) {
    fields.emplace_hint(fields.end(), name_of<FieldName>(field),
                        golden_field_from_stored(field, keys));
  }
  record.fields = std::move(fields);
  record.version = count_at(node, "version");
  record.created_at = time_at(node, "created_at");
  record.updated_at = time_at(node, "updated_at");
  record.policy_sha256 = text_at(node, "policy_sha256");
  return record;
}

}  // namespace truce
