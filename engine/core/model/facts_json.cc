// The store's form of source and golden records. Members are short because every field of every
// record carries them; each is named once in a comment beside its writer. A member is never used
// again for something else, since rows of older versions are read for ever.
#include "engine/core/model/facts_json.h"

#include "engine/core/model/event_keys.h"
#include "engine/core/model/json_members.h"

namespace truce {
namespace {

constexpr const char* tellings_member = "tellings";
constexpr const char* origins_member = "origins";

void put_evidence(JsonText& out, std::string_view key, Evidence evidence) {
  put_flag(out, key, evidence == Evidence::certain);
}

// What one event tells of several fields alike, without their values.
using Tellings = StoredList<Observation>;

bool are_told_alike(const Observation& a, const Observation& b) {
  return a.order.at == b.order.at && a.order.version == b.order.version &&
         a.evidence == b.evidence && a.event_key == b.event_key && a.actor == b.actor &&
         a.received_at == b.received_at;
}

// i place in the record's tellings (none: the first), v value, p value before, h hash of the order
// where it is not the value's
void write(JsonText& out, const Observation& observation, Tellings& tellings) {
  out.open_object();
  put_count(out, "i", tellings.place_of(observation, are_told_alike));
  put_value(out, "v", observation.value);
  put_value(out, "p", observation.previous);
  const ValueHash& hash = observation.order.hash;
  if (hash != value_hash(observation.value)) put(out, "h", hash.empty() ? "" : hash.hex());
  out.close_object();
}

// t at, n version, e certain, k event key, a actor, r received at
void write_telling(JsonText& out, const Observation& telling, EventKeys& keys) {
  out.open_object();
  put_time(out, "t", telling.order.at);
  put_text(out, "n", telling.order.version);
  put_evidence(out, "e", telling.evidence);
  keys.put(out, "k", telling.event_key);
  put_text(out, "a", telling.actor);
  put_time(out, "r", telling.received_at);
  out.close_object();
}

Observation telling_from_stored(const StoredNode& node, const KeyList& keys) {
  Observation telling;
  telling.order.at = time_at(node, "t");
  telling.order.version = text_at(node, "n");
  telling.evidence = evidence_at(node, "e");
  telling.event_key = keys.at(node, "k");
  telling.actor = text_at(node, "a");
  telling.received_at = time_at(node, "r");
  return telling;
}

// What the fields of one record refer to. Rows of older versions have no list: there each tells it
// itself.
template <class Alike>
struct Listed {
  using Read = Alike (*)(const StoredNode&, const KeyList&);

  Listed(const StoredNode& record, std::string_view list, Read its_read)
      : keys(record), is_listed(record.find(list) != nullptr), read(its_read) {
    const StoredNode& nodes = array_at(record, list);
    alike.reserve(nodes.count);
    for (const StoredNode& node : nodes) alike.push_back(read(node, keys));
  }

  // A place that is not there gives the default.
  Alike of(const StoredNode& node) const {
    if (!is_listed) return read(node, keys);
    const std::uint64_t place = count_at(node, "i");
    return place < alike.size() ? alike[place] : Alike();
  }

  KeyList keys;
  bool is_listed;
  Read read;
  std::vector<Alike> alike;
};

// In rows of older versions o is the whole order.
Observation observation_from_stored(const StoredNode& node, const Listed<Observation>& listed) {
  Observation observation = listed.of(node);
  observation.value = value_at(node, "v");
  observation.previous = optional_value_at(node, "p");
  if (const StoredNode* order = node.find("o")) {
    observation.order = history_order_from_stored(*order);
  } else if (const StoredNode* hash = node.find("h")) {
    observation.order.hash = ValueHash::from_hex(hash->text);
  } else {
    observation.order.hash = value_hash(observation.value);
  }
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
void write(JsonText& out, const FieldHistory& history, Tellings& tellings, EventKeys& keys) {
  out.open_object();
  put_list(out, "o", history.observations, [&](const auto& each) { write(out, each, tellings); });
  if (!history.writes.empty())
    put_list(out, "w", history.writes, [&](const auto& each) { write(out, each, keys); });
  out.close_object();
}

FieldHistory field_history_from_stored(const StoredNode& node, const Listed<Observation>& listed) {
  FieldHistory history;
  const StoredNode& observations = array_at(node, "o");
  history.observations.reserve(observations.count);
  for (const StoredNode& element : observations) {
    history.observations.push_back(observation_from_stored(element, listed));
  }
  const StoredNode& writes = array_at(node, "w");
  history.writes.reserve(writes.count);
  for (const StoredNode& element : writes)
    history.writes.push_back(write_from_stored(element, listed.keys));
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

// Where several fields of a golden record come from alike, without their values.
using Origins = StoredList<GoldenField>;

bool are_from_alike(const GoldenField& a, const GoldenField& b) {
  return a.system == b.system && a.changed_at == b.changed_at && a.evidence == b.evidence &&
         a.rule == b.rule && a.why == b.why && a.event_key == b.event_key;
}

// i place in the record's origins (none: the first), v value, c contested
void write(JsonText& out, const GoldenField& field, Origins& origins) {
  out.open_object();
  put_count(out, "i", origins.place_of(field, are_from_alike));
  put_value(out, "v", field.value);
  put_flag(out, "c", field.contested);
  out.close_object();
}

// s system, t changed at, e certain, r rule, w why, k event key
void write_origin(JsonText& out, const GoldenField& origin, EventKeys& keys) {
  out.open_object();
  put_id(out, "s", origin.system);
  put_time(out, "t", origin.changed_at);
  put_evidence(out, "e", origin.evidence);
  put_text(out, "r", origin.rule);
  put_text(out, "w", origin.why);
  keys.put(out, "k", origin.event_key);
  out.close_object();
}

GoldenField origin_from_stored(const StoredNode& node, const KeyList& keys) {
  GoldenField origin;
  origin.system = id_at<SystemName>(node, "s");
  origin.changed_at = time_at(node, "t");
  origin.evidence = evidence_at(node, "e");
  origin.rule = text_at(node, "r");
  origin.why = text_at(node, "w");
  origin.event_key = keys.at(node, "k");
  return origin;
}

GoldenField golden_field_from_stored(const StoredNode& node, const Listed<GoldenField>& listed) {
  GoldenField field = listed.of(node);
  field.value = value_at(node, "v");
  field.contested = flag_at(node, "c");
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
  Tellings tellings;
  EventKeys keys;
  out.open_object();
  put_id(out, "system", record.system);
  put_id(out, "entity", record.entity);
  put_id(out, "id", record.id);
  put_id(out, "golden", record.golden);
  put(out, "state", to_string(record.state));
  put_id(out, "merged_into", record.merged_into);
  put_map(out, "fields", record.fields,
          [&](const auto& each) { write(out, each, tellings, keys); });
  put_time(out, "deleted_at", record.deleted_at);
  put_time(out, "present_at", record.present_at);
  put_time(out, "first_seen", record.first_seen);
  put_list(out, tellings_member, tellings.all(),
           [&](const auto* each) { write_telling(out, *each, keys); });
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
  const Listed<Observation> listed(node, tellings_member, telling_from_stored);
  std::map<FieldName, FieldHistory> fields;
  for (const StoredNode& history : object_at(node, "fields")) {
    fields.emplace_hint(fields.end(), name_of<FieldName>(history),
                        field_history_from_stored(history, listed));
  }
  record.fields = std::move(fields);
  record.deleted_at = optional_time_at(node, "deleted_at");
  record.present_at = optional_time_at(node, "present_at");
  record.first_seen = time_at(node, "first_seen");
  return record;
}

std::string to_stored(const GoldenRecord& record) {
  JsonText out;
  Origins origins;
  EventKeys keys;
  out.open_object();
  put_id(out, "id", record.id);
  put_id(out, "entity", record.entity);
  if (!record.decisions.empty())
    put_list(out, "decisions", record.decisions, [&](const auto& each) { write(out, each); });
  put_texts(out, "no_create", record.no_create);
  put_texts(out, "unread_in", record.unread_in);
  if (!record.flips.empty())
    put_map(out, "flips", record.flips, [&](const auto& each) { write(out, each); });
  put_time(out, "deleted_at", record.deleted_at);
  put_id(out, "merged_into", record.merged_into);
  put_map(out, "fields", record.fields, [&](const auto& each) { write(out, each, origins); });
  put_count(out, "version", record.version);
  put_time(out, "created_at", record.created_at);
  put_time(out, "updated_at", record.updated_at);
  put_text(out, "policy_sha256", record.policy_sha256);
  put_list(out, origins_member, origins.all(),
           [&](const auto* each) { write_origin(out, *each, keys); });
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
  for (std::string& system : texts_at(node, "unread_in")) {
    record.unread_in.emplace_back(std::move(system));
  }
  for (const StoredNode& flips : object_at(node, "flips")) {
    record.flips.emplace_hint(record.flips.end(), name_of<FieldName>(flips),
                              flips_from_stored(flips));
  }
  record.deleted_at = optional_time_at(node, "deleted_at");
  record.merged_into = id_at<GoldenId>(node, "merged_into");
  const Listed<GoldenField> listed(node, origins_member, origin_from_stored);
  std::map<FieldName, GoldenField> fields;
  for (const StoredNode& field : object_at(node, "fields")) {
    fields.emplace_hint(fields.end(), name_of<FieldName>(field),
                        golden_field_from_stored(field, listed));
  }
  record.fields = std::move(fields);
  record.version = count_at(node, "version");
  record.created_at = time_at(node, "created_at");
  record.updated_at = time_at(node, "updated_at");
  record.policy_sha256 = text_at(node, "policy_sha256");
  return record;
}

}  // namespace truce
