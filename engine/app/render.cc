#include "engine/app/render.h"

#include "engine/app/item_text.h"
#include "engine/core/model/hash.h"
#include "engine/core/plan/unshown.h"

namespace truce {
namespace {

Json id_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json time_or_null(const std::optional<Time>& time) {
  return time ? Json(to_rfc3339(*time)) : Json();
}

Json names_json(const std::vector<FieldName>& names) {
  Json node = Json::array();
  for (const FieldName& name : names) node.push_back(name.text);
  return node;
}

// A group's value is a JSON object as text; what is shown of it is the member that is asked about.
Json value_of(const ExceptionItem& item, const Value& value, Json& members) {
  if (find_member(item.detail, private_item)) return nullptr;
  if (find_member(item.detail, "group") && !value.is_null()) {
    if (auto tuple = parse_json(value.text(), JsonLimits::of_store());
        tuple && tuple->is_object()) {
      members = std::move(*tuple);
      const Json* own = find_member(members, item.field.text);
      return own ? *own : Json();
    }
  }
  return to_json(value);
}

}  // namespace

Json render(const ExceptionItem& item, const Candidate& candidate) {
  Json members;
  Json node{{"system", candidate.system.text},
            {"value", value_of(item, candidate.value, members)},
            {"changed_at", to_rfc3339(candidate.changed_at)},
            {"evidence", std::string(to_string(candidate.evidence))},
            {"actor", id_or_null(candidate.actor)}};
  if (!members.is_null()) node["values"] = std::move(members);
  return node;
}

Json render(const Delivery& delivery) {
  Json node{{"id", delivery.id.text},
            {"system", delivery.system.text},
            {"entity", delivery.entity.text},
            {"op", std::string(to_string(delivery.operation))},
            {"golden_id", delivery.golden.text},
            {"record_id", id_or_null(delivery.record_id.text)},
            {"fields", *delivery.body},
            {"idempotency_key", delivery.idempotency_key},
            {"attempt", delivery.attempt},
            {"state", std::string(to_string(delivery.state))},
            {"due_at", to_rfc3339(delivery.due_at)},
            {"lease_expires_at", time_or_null(delivery.lease_expires_at)},
            {"created_at", to_rfc3339(delivery.created_at)},
            {"settled_at", time_or_null(delivery.settled_at)},
            {"origin", "truce:" + delivery.id.text}};
  if (delivery.operation == Operation::lookup) {
    node["intended"] = std::string(to_string(delivery.intended));
  }
  if (!delivery.error.empty()) node["error"] = delivery.error;
  if (!delivery.refused.empty()) node["refused"] = names_json(delivery.refused);
  if (!delivery.lossy.empty()) node["lossy"] = names_json(delivery.lossy);
  return node;
}

std::string action_token(const ExceptionItem& item, const std::string& action,
                         const Secrets& secrets) {
  return hmac_sha256_hex(secrets.token_key,
                         item.id.text + '\n' + std::to_string(item.version) + '\n' + action)
      .substr(0, 40);
}

Json render(const ExceptionItem& item, Time now, const Secrets& secrets) {
  Json candidates = Json::array();
  for (const Candidate& candidate : item.candidates) candidates.push_back(render(item, candidate));
  Json tokens = Json::object();
  const bool unanswered =
      item.state == ExceptionState::open || item.state == ExceptionState::claimed;
  if (unanswered) {
    for (const std::string& action : answers_to(item)) {
      tokens[action] = action_token(item, action, secrets);
    }
  }
  Json base_members;
  Json node{{"id", item.id.text},
            {"category", std::string(to_string(item.category))},
            {"state", std::string(to_string(item.state))},
            {"version", item.version},
            {"entity", id_or_null(item.entity.text)},
            {"golden_id", id_or_null(item.golden.text)},
            {"field", id_or_null(item.field.text)},
            {"system", id_or_null(item.system.text)},
            {"record_id", id_or_null(item.record.text)},
            {"delivery_id", id_or_null(item.delivery.text)},
            {"base", item.base ? value_of(item, *item.base, base_members) : Json()},
            {"candidates", std::move(candidates)},
            {"actions", answers_to(item)},
            {"detail", item.detail.is_null() ? Json::object() : item.detail},
            {"opened_at", to_rfc3339(item.opened_at)},
            {"updated_at", to_rfc3339(item.updated_at)},
            {"age_s", (item.closed_at.value_or(now) - item.opened_at).us / 1'000'000},
            {"owner", id_or_null(item.owner)},
            {"roles", item.roles},
            {"due_at", time_or_null(item.due_at)},
            {"claimed_by", id_or_null(item.claimed_by)},
            {"closed_at", time_or_null(item.closed_at)},
            {"closed_by", id_or_null(item.closed_by)},
            {"resolution", id_or_null(item.resolution)},
            {"tokens", std::move(tokens)}};
  node["text"] = text_for_people(item, now, secrets);
  return node;
}

Json render(const AuditEntry& entry) {
  return {{"seq", entry.sequence},
          {"at", to_rfc3339(entry.at)},
          {"kind", entry.kind},
          {"actor", id_or_null(entry.actor)},
          {"entity", id_or_null(entry.entity.text)},
          {"golden_id", id_or_null(entry.golden.text)},
          {"event_key", id_or_null(entry.event_key.text())},
          {"body", json_of(entry.body)},
          {"previous_hash", entry.previous_hash},
          {"hash", entry.hash}};
}

Json render(const Change& change) {
  return {{"seq", change.sequence},
          {"at", to_rfc3339(change.at)},
          {"kind", change.kind},
          {"body", json_of(change.body)}};
}

}  // namespace truce
