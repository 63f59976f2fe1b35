// The store's form of deliveries and exceptions. Here keys are words: there are few of these rows,
// and people read them.
#include "engine/core/model/facts_json.h"
#include "engine/core/model/json_members.h"
#include "engine/core/model/work.h"

namespace truce {
namespace {

Json to_json(const DeliveryField& field) {
  Json node = Json::object();
  put_value(node, "value", field.value);
  put(node, "provenance", to_json(field.provenance));
  if (field.planned_after) put(node, "planned_after", to_json(*field.planned_after));
  return node;
}

DeliveryField delivery_field_from_json(const Json& node) {
  DeliveryField field;
  field.value = value_at(node, "value");
  if (const Json* provenance = find_member(node, "provenance")) {
    field.provenance = provenance_from_json(*provenance);
  }
  if (const Json* order = find_member(node, "planned_after")) {
    field.planned_after = history_order_from_json(*order);
  }
  return field;
}

Json to_json(const Candidate& candidate) {
  Json node = Json::object();
  put_id(node, "system", candidate.system);
  put_value(node, "value", candidate.value);
  put_time(node, "changed_at", candidate.changed_at);
  put_flag(node, "certain", candidate.evidence == Evidence::certain);
  put_text(node, "actor", candidate.actor);
  put(node, "order", to_json(candidate.order));
  return node;
}

Candidate candidate_from_json(const Json& node) {
  Candidate candidate;
  candidate.system = id_at<SystemName>(node, "system");
  candidate.value = value_at(node, "value");
  candidate.changed_at = time_at(node, "changed_at");
  candidate.evidence = evidence_at(node, "certain");
  candidate.actor = text_at(node, "actor");
  if (const Json* order = find_member(node, "order")) {
    candidate.order = history_order_from_json(*order);
  }
  return candidate;
}

void put_names(Json& node, const char* key, const std::vector<FieldName>& names) {
  Json::array_t texts;
  for (const FieldName& name : names) texts.push_back(name.text);
  if (!texts.empty()) put(node, key, std::move(texts));
}

std::vector<FieldName> names_at(const Json& node, const char* key) {
  std::vector<FieldName> names;
  for (std::string& text : texts_at(node, key)) names.emplace_back(std::move(text));
  return names;
}

void put_texts(Json& node, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) put(node, key, texts);
}

void put_json(Json& node, const char* key, const Json& value) {
  if (!value.is_null()) put(node, key, value);
}

Json json_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  return member ? *member : Json();
}

void read_lease(const Json& node, Delivery& delivery) {
  delivery.attempt = static_cast<int>(count_at(node, "attempt"));
  delivery.forgiven = static_cast<int>(count_at(node, "forgiven"));
  delivery.created_at = time_at(node, "created_at");
  delivery.due_at = time_at(node, "due_at");
  delivery.handed_out_at = optional_time_at(node, "handed_out_at");
  delivery.lease_expires_at = optional_time_at(node, "lease_ends_at");
  delivery.settled_at = optional_time_at(node, "settled_at");
}

void read_subject(const Json& node, ExceptionItem& item) {
  item.subject = text_at(node, "subject");
  item.entity = id_at<EntityName>(node, "entity");
  item.golden = id_at<GoldenId>(node, "golden");
  item.field = id_at<FieldName>(node, "field");
  item.system = id_at<SystemName>(node, "system");
  item.record = id_at<RecordId>(node, "record");
  item.delivery = id_at<DeliveryId>(node, "delivery");
}

void read_handling(const Json& node, ExceptionItem& item) {
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

Json to_json(const Delivery& delivery) {
  Json node = Json::object();
  put_id(node, "id", delivery.id);
  put_id(node, "golden", delivery.golden);
  put_id(node, "entity", delivery.entity);
  put_id(node, "system", delivery.system);
  put(node, "op", to_string(delivery.operation));
  put_id(node, "record_id", delivery.record_id);
  Json fields = Json::object();
  for (const auto& [name, field] : delivery.fields) fields.emplace(name.text, to_json(field));
  put(node, "fields", std::move(fields));
  put_json(node, "body", delivery.body);
  put_text(node, "idempotency", delivery.idempotency_key);
  put(node, "state", to_string(delivery.state));
  put(node, "intended", to_string(delivery.intended));
  put_count(node, "attempt", static_cast<std::uint64_t>(delivery.attempt));
  put_count(node, "forgiven", static_cast<std::uint64_t>(delivery.forgiven));
  put_time(node, "created_at", delivery.created_at);
  put_time(node, "due_at", delivery.due_at);
  put_time(node, "handed_out_at", delivery.handed_out_at);
  put_time(node, "lease_ends_at", delivery.lease_expires_at);
  put_time(node, "settled_at", delivery.settled_at);
  put_text(node, "error", delivery.error);
  put_names(node, "refused", delivery.refused);
  put_names(node, "lossy", delivery.lossy);
  put_count(node, "sequence", delivery.sequence);
  return node;
}

Delivery delivery_from_json(const Json& node) {
  Delivery delivery;
  delivery.id = id_at<DeliveryId>(node, "id");
  delivery.golden = id_at<GoldenId>(node, "golden");
  delivery.entity = id_at<EntityName>(node, "entity");
  delivery.system = id_at<SystemName>(node, "system");
  delivery.operation = operation_from(text_at(node, "op")).value_or(Operation::update);
  delivery.record_id = id_at<RecordId>(node, "record_id");
  for (const auto& [name, field] : object_at(node, "fields")) {
    delivery.fields.emplace_hint(delivery.fields.end(), name, delivery_field_from_json(field));
  }
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

Json to_json(const ExceptionItem& item) {
  Json node = Json::object();
  put_id(node, "id", item.id);
  put(node, "category", to_string(item.category));
  put(node, "state", to_string(item.state));
  put_text(node, "subject", item.subject);
  put(node, "version", item.version);
  put_id(node, "entity", item.entity);
  put_id(node, "golden", item.golden);
  put_id(node, "field", item.field);
  put_id(node, "system", item.system);
  put_id(node, "record", item.record);
  put_id(node, "delivery", item.delivery);
  put_value(node, "base", item.base);
  Json::array_t candidates;
  for (const Candidate& candidate : item.candidates) candidates.push_back(to_json(candidate));
  if (!candidates.empty()) put(node, "candidates", std::move(candidates));
  put_texts(node, "actions", item.actions);
  put_json(node, "detail", item.detail);
  put_time(node, "opened_at", item.opened_at);
  put_time(node, "updated_at", item.updated_at);
  put_text(node, "owner", item.owner);
  put_texts(node, "roles", item.roles);
  put_time(node, "due_at", item.due_at);
  put_text(node, "claimed_by", item.claimed_by);
  put_time(node, "closed_at", item.closed_at);
  put_text(node, "closed_by", item.closed_by);
  put_text(node, "resolution", item.resolution);
  put_count(node, "sequence", item.sequence);
  return node;
}

ExceptionItem exception_from_json(const Json& node) {
  ExceptionItem item;
  item.id = id_at<ExceptionId>(node, "id");
  item.category = category_from(text_at(node, "category")).value_or(Category::conflict);
  item.state = exception_state_from(text_at(node, "state")).value_or(ExceptionState::open);
  item.version = count_at(node, "version");
  read_subject(node, item);
  item.base = optional_value_at(node, "base");
  for (const Json& candidate : array_at(node, "candidates")) {
    item.candidates.push_back(candidate_from_json(candidate));
  }
  item.actions = texts_at(node, "actions");
  item.detail = json_at(node, "detail");
  read_handling(node, item);
  item.sequence = count_at(node, "sequence");
  return item;
}

}  // namespace truce
