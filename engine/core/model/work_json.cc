// The store's form of deliveries and exceptions. Here keys are words: there are few of these rows,
// and people read them.
#include <cstdlib>

#include "engine/core/model/facts_json.h"
#include "engine/core/model/json_members.h"
#include "engine/core/model/work.h"

namespace truce {
namespace {

void write(JsonText& out, const DeliveryField& field, EventKeys& keys) {
  out.open_object();
  put_value(out, "value", field.value);
  write(out.key("provenance"), field.provenance, keys);
  if (field.planned_after) write(out.key("planned_after"), *field.planned_after);
  out.close_object();
}

DeliveryField delivery_field_from_stored(const StoredNode& node, const KeyList& keys) {
  DeliveryField field;
  field.value = value_at(node, "value");
  if (const StoredNode* provenance = node.find("provenance")) {
    field.provenance = provenance_from_stored(*provenance, keys);
  }
  if (const StoredNode* order = node.find("planned_after")) {
    field.planned_after = history_order_from_stored(*order);
  }
  return field;
}

void write(JsonText& out, const Candidate& candidate) {
  out.open_object();
  put_id(out, "system", candidate.system);
  put_value(out, "value", candidate.value);
  put_time(out, "changed_at", candidate.changed_at);
  put_flag(out, "certain", candidate.evidence == Evidence::certain);
  put_text(out, "actor", candidate.actor);
  write(out.key("order"), candidate.order);
  out.close_object();
}

Candidate candidate_from_stored(const StoredNode& node) {
  Candidate candidate;
  candidate.system = id_at<SystemName>(node, "system");
  candidate.value = value_at(node, "value");
  candidate.changed_at = time_at(node, "changed_at");
  candidate.evidence = evidence_at(node, "certain");
  candidate.actor = text_at(node, "actor");
  if (const StoredNode* order = node.find("order")) {
    candidate.order = history_order_from_stored(*order);
  }
  return candidate;
}

std::vector<FieldName> names_at(const StoredNode& node, std::string_view key) {
  std::vector<FieldName> names;
  for (std::string& text : texts_at(node, key)) names.emplace_back(std::move(text));
  return names;
}

void put_json(JsonText& out, std::string_view key, const Json& value) {
  if (!value.is_null()) out.key(key).node(value);
}

Json json_at(const StoredNode& node, std::string_view key) {
  const StoredNode* member = node.find(key);
  return member ? to_json(*member) : Json();
}

void read_lease(const StoredNode& node, Delivery& delivery) {
  delivery.attempt = static_cast<int>(count_at(node, "attempt"));
  delivery.forgiven =
      static_cast<int>(count_at(node, "forgiven")) - static_cast<int>(count_at(node, "carried"));
  delivery.created_at = time_at(node, "created_at");
  delivery.due_at = time_at(node, "due_at");
  delivery.handed_out_at = optional_time_at(node, "handed_out_at");
  delivery.lease_expires_at = optional_time_at(node, "lease_ends_at");
  delivery.settled_at = optional_time_at(node, "settled_at");
}

void read_subject(const StoredNode& node, ExceptionItem& item) {
  item.subject = text_at(node, "subject");
  item.entity = id_at<EntityName>(node, "entity");
  item.golden = id_at<GoldenId>(node, "golden");
  item.field = id_at<FieldName>(node, "field");
  item.system = id_at<SystemName>(node, "system");
  item.record = id_at<RecordId>(node, "record");
  item.delivery = id_at<DeliveryId>(node, "delivery");
}

void read_handling(const StoredNode& node, ExceptionItem& item) {
  item.opened_at = time_at(node, "opened_at");
  item.updated_at = time_at(node, "updated_at");
  item.owner = text_at(node, "owner");
  item.roles = texts_at(node, "roles");
  item.due_at = optional_time_at(node, "due_at");
  item.claimed_by = text_at(node, "claimed_by");
  item.closed_at = optional_time_at(node, "closed_at");
  item.closed_by = text_at(node, "closed_by");
  item.resolution = text_at(node, "resolution");
}

}  // namespace

std::string to_stored(const Delivery& delivery) {
  JsonText out;
  EventKeys keys;
  out.open_object();
  put_id(out, "id", delivery.id);
  put_id(out, "golden", delivery.golden);
  put_id(out, "entity", delivery.entity);
  put_id(out, "system", delivery.system);
  put(out, "op", to_string(delivery.operation));
  put_id(out, "record_id", delivery.record_id);
  put_map(out, "fields", delivery.fields, [&](const auto& each) { write(out, each, keys); });
  put_json(out, "body", *delivery.body);
  put_text(out, "idempotency", delivery.idempotency_key);
  put(out, "state", to_string(delivery.state));
  put(out, "intended", to_string(delivery.intended));
  put_count(out, "attempt", static_cast<std::uint64_t>(delivery.attempt));
  const bool is_carried = delivery.forgiven < 0;
  put_count(out, is_carried ? "carried" : "forgiven",
            static_cast<std::uint64_t>(std::abs(delivery.forgiven)));
  put_time(out, "created_at", delivery.created_at);
  put_time(out, "due_at", delivery.due_at);
  put_time(out, "handed_out_at", delivery.handed_out_at);
  put_time(out, "lease_ends_at", delivery.lease_expires_at);
  put_time(out, "settled_at", delivery.settled_at);
  put_text(out, "error", delivery.error);
  put_texts(out, "refused", delivery.refused);
  put_texts(out, "lossy", delivery.lossy);
  put_count(out, "sequence", delivery.sequence);
  keys.put_all(out);
  out.close_object();
  return out.take();
}

Delivery delivery_from_stored(const StoredNode& node) {
  Delivery delivery;
  delivery.id = id_at<DeliveryId>(node, "id");
  delivery.golden = id_at<GoldenId>(node, "golden");
  delivery.entity = id_at<EntityName>(node, "entity");
  delivery.system = id_at<SystemName>(node, "system");
  delivery.operation = operation_from(text_at(node, "op")).value_or(Operation::update);
  delivery.record_id = id_at<RecordId>(node, "record_id");
  const KeyList keys(node);
  std::map<FieldName, DeliveryField> fields;
  for (const StoredNode& field : object_at(node, "fields")) {
    fields.emplace_hint(fields.end(), name_of<FieldName>(field),
                        delivery_field_from_stored(field, keys));
  }
  delivery.fields = std::move(fields);
  delivery.body = json_at(node, "body");
  delivery.idempotency_key = text_at(node, "idempotency");
  delivery.state = delivery_state_from(text_at(node, "state")).value_or(DeliveryState::pending);
  delivery.intended = operation_from(text_at(node, "intended")).value_or(Operation::update);
  read_lease(node, delivery);
  delivery.error = text_at(node, "error");
  delivery.refused = names_at(node, "refused");
  delivery.lossy = names_at(node, "lossy");
  delivery.sequence = count_at(node, "sequence");
  return delivery;
}

std::string to_stored(const ExceptionItem& item) {
  JsonText out;
  out.open_object();
  put_id(out, "id", item.id);
  put(out, "category", to_string(item.category));
  put(out, "state", to_string(item.state));
  put_text(out, "subject", item.subject);
  put_count(out, "version", item.version);
  put_id(out, "entity", item.entity);
  put_id(out, "golden", item.golden);
  put_id(out, "field", item.field);
  put_id(out, "system", item.system);
  put_id(out, "record", item.record);
  put_id(out, "delivery", item.delivery);
  put_value(out, "base", item.base);
  if (!item.candidates.empty())
    put_list(out, "candidates", item.candidates, [&](const auto& each) { write(out, each); });
  put_texts(out, "actions", item.actions);
  put_json(out, "detail", item.detail);
  put_time(out, "opened_at", item.opened_at);
  put_time(out, "updated_at", item.updated_at);
  put_text(out, "owner", item.owner);
  put_texts(out, "roles", item.roles);
  put_time(out, "due_at", item.due_at);
  put_text(out, "claimed_by", item.claimed_by);
  put_time(out, "closed_at", item.closed_at);
  put_text(out, "closed_by", item.closed_by);
  put_text(out, "resolution", item.resolution);
  put_count(out, "sequence", item.sequence);
  out.close_object();
  return out.take();
}

ExceptionItem exception_from_stored(const StoredNode& node) {
  ExceptionItem item;
  item.id = id_at<ExceptionId>(node, "id");
  item.category = category_from(text_at(node, "category")).value_or(Category::conflict);
  item.state = exception_state_from(text_at(node, "state")).value_or(ExceptionState::open);
  item.version = count_at(node, "version");
  read_subject(node, item);
  item.base = optional_value_at(node, "base");
  for (const StoredNode& candidate : array_at(node, "candidates")) {
    item.candidates.push_back(candidate_from_stored(candidate));
  }
  item.actions = texts_at(node, "actions");
  item.detail = json_at(node, "detail");
  read_handling(node, item);
  item.sequence = count_at(node, "sequence");
  return item;
}

}  // namespace truce
