#include "engine/app/refusals.h"

#include <algorithm>

#include "engine/app/change_event.h"
#include "engine/core/model/hash.h"

namespace truce {
namespace {

bool is_standing(const Delivery& delivery) {
  return !delivery.refused.empty() &&
         (delivery.state == DeliveryState::dead || delivery.state == DeliveryState::discarded);
}

bool is_queued(const Delivery& delivery) {
  return delivery.state == DeliveryState::pending || delivery.state == DeliveryState::waiting;
}

bool contains(const std::vector<FieldName>& names, const FieldName& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool contains_any(const std::vector<FieldName>& names, const std::vector<FieldName>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const FieldName& name) { return contains(names, name); });
}

const Path* place_of(const Entity& entity, const SystemName& system, const FieldName& name) {
  const Field* field = entity.field(name);
  const auto entry = field ? field->map.find(system) : decltype(field->map.end()){};
  if (!field || entry == field->map.end()) return nullptr;
  return entry->second.write ? &*entry->second.write : &entry->second.path;
}

const Json* form_of(const Entity& entity, const Delivery& delivery, const FieldName& name) {
  const Path* place = place_of(entity, delivery.system, name);
  return place ? read_path(*delivery.body, *place) : nullptr;
}

void copy_form(const Entity& entity, const Delivery& from, const FieldName& name, Json& body) {
  const Json* form = form_of(entity, from, name);
  if (form) write_path(body, *place_of(entity, from.system, name), *form);
}

// As plan() makes it, so that the same content keeps its key.
std::string key_of(const Delivery& delivery) {
  return sha256_hex(delivery.id.text + '\n' + to_canonical(*delivery.body)).substr(0, 32);
}

void narrow(const Entity& entity, Delivery& delivery, const std::vector<FieldName>& kept) {
  Json body = Json::object();
  for (const FieldName& name : kept) copy_form(entity, delivery, name, body);
  delivery.fields.erase_if([&](const auto& named) { return !contains(kept, named.first); });
  std::erase_if(delivery.refused, [&](const FieldName& name) { return !contains(kept, name); });
  delivery.body = std::move(body);
  delivery.idempotency_key = key_of(delivery);
}

std::vector<FieldName> names_of(const Delivery& delivery) {
  std::vector<FieldName> names;
  for (const auto& [name, field] : delivery.fields) names.push_back(name);
  return names;
}

bool is_required(const Entity& entity, const FieldName& name) {
  const Field* field = entity.field(name);
  return field && field->required;
}

// One of `names` is the target's, or ours, for this field of the delivery.
bool is_meant(const Entity& entity, const Delivery& delivery, const FieldName& name,
              const std::vector<std::string>& names) {
  // Another policy may have come into force, without the field.
  if (!form_of(entity, delivery, name)) return false;
  const Field& field = *entity.field(name);
  const MapEntry& entry = field.map.at(delivery.system);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& said) { return names_field(said, field, entry); });
}

// It, or a member of its group, is meant: a tuple is refused as one.
bool is_at_fault(const Entity& entity, const Delivery& delivery, const FieldName& name,
                 const std::vector<std::string>& names) {
  if (!form_of(entity, delivery, name)) return false;
  const auto members = tuple_of(entity, name);
  return std::any_of(members.begin(), members.end(), [&](const FieldName& member) {
    return is_meant(entity, delivery, member, names);
  });
}

// Neither of them has it, or both have the same.
bool has_same_form(const Entity& entity, const Delivery& a, const Delivery& b,
                   const FieldName& name) {
  const Json* x = form_of(entity, a, name);
  const Json* y = form_of(entity, b, name);
  return x && y ? to_canonical(*x) == to_canonical(*y) : !x && !y;
}

// The same value in the target's own form, of a group the same tuple: under another policy it may
// be another one.
bool still_refused(const Entity& entity, const Delivery& refusal, const Delivery& planned,
                   const FieldName& name) {
  if (!form_of(entity, planned, name) || !contains(refusal.refused, name)) return false;
  const auto members = tuple_of(entity, name);
  return std::all_of(members.begin(), members.end(), [&](const FieldName& member) {
    return has_same_form(entity, refusal, planned, member);
  });
}

std::vector<FieldName> sendable(const Entity& entity, const Delivery& refusal,
                                const Delivery& planned) {
  std::vector<FieldName> kept;
  bool says_anything = false;
  for (const FieldName& name : names_of(planned)) {
    if (still_refused(entity, refusal, planned, name)) {
      const bool needed = planned.intended == Operation::create && is_required(entity, name);
      if (needed) return {};
      continue;
    }
    kept.push_back(name);
    says_anything |= form_of(entity, planned, name) != nullptr;
  }
  return says_anything ? kept : std::vector<FieldName>();
}

// The refusal now stands for all of what was planned in its place.
void stand_for(Delivery& refusal, const Delivery& planned) {
  refusal.operation = planned.operation;
  refusal.intended = planned.intended;
  refusal.record_id = planned.record_id;
  refusal.fields = planned.fields;
  refusal.body = planned.body;
  refusal.refused = names_of(planned);
  refusal.idempotency_key = key_of(refusal);
}

Delivery* held(RecordState& state, const DeliveryId& id) {
  for (Delivery& delivery : state.deliveries) {
    if (delivery.id == id) return &delivery;
  }
  return nullptr;
}

Delivery* standing_refusal(RecordState& state, const SystemName& system) {
  for (Delivery& delivery : state.deliveries) {
    if (delivery.system == system && is_standing(delivery)) return &delivery;
  }
  return nullptr;
}

void drop(RecordState& state, const DeliveryId& id) {
  std::erase_if(state.deliveries, [&](const Delivery& delivery) { return delivery.id == id; });
}

}  // namespace

bool is_about_what_left(const Entity& entity, const Delivery& delivery,
                        const std::vector<std::string>& names) {
  if (names.empty()) return false;
  Json known = Json::object();
  for (const FieldName& name : names_of(delivery)) {
    if (is_meant(entity, delivery, name, names)) return false;
    copy_form(entity, delivery, name, known);
  }
  return to_canonical(known) != to_canonical(*delivery.body);
}

void keep_refused_part(const Entity& entity, Delivery& delivery,
                       const std::vector<std::string>& names) {
  std::vector<FieldName> refused;
  for (const FieldName& name : names_of(delivery)) {
    if (!is_at_fault(entity, delivery, name, names)) continue;
    if (delivery.intended == Operation::create && is_required(entity, name)) return;
    refused.push_back(name);
  }
  if (refused.empty()) return;
  narrow(entity, delivery, refused);
  delivery.refused = std::move(refused);
}

void take_over_refusal(Context& context, RecordState& state, Delivery& delivery) {
  Delivery* refusal = standing_refusal(state, delivery.system);
  if (!refusal || refusal->id == delivery.id) return;
  const Entity& entity = *context.policy.entity(state.golden.entity);
  const std::vector<FieldName> own = names_of(delivery);
  for (const auto& [name, field] : refusal->fields) {
    if (contains_any(own, tuple_of(entity, name))) continue;
    delivery.fields.emplace(name, field);
    copy_form(entity, *refusal, name, delivery.body.edit());
  }
  delivery.refused = names_of(delivery);
  delivery.idempotency_key = key_of(delivery);
  refusal->state = DeliveryState::withdrawn;
  refusal->settled_at = context.now;
  context.store.put_delivery(*refusal);
  if (auto item = context.store.unanswered_exception("dead_letter/" + refusal->id.text)) {
    std::erase_if(state.items, [&](const ExceptionItem& open) { return open.id == item->id; });
    close_item(context, *item, "truce", "given up as one with " + delivery.id.text);
  }
  drop(state, refusal->id);
}

void leave_out_refused(const Context& context, RecordState& state, Plan& plan) {
  const Entity& entity = *context.policy.entity(state.golden.entity);
  std::vector<Delivery> moved;
  std::vector<DeliveryId> dropped;
  for (Delivery& planned : plan.deliveries) {
    if (!is_queued(planned) || planned.intended == Operation::erase) continue;
    Delivery* refusal = standing_refusal(state, planned.system);
    if (!refusal) continue;
    const std::vector<FieldName> kept = sendable(entity, *refusal, planned);
    if (kept.size() == planned.fields.size()) continue;
    if (!kept.empty()) {
      narrow(entity, planned, kept);
      if (Delivery* same = held(state, planned.id)) *same = planned;
      continue;
    }
    stand_for(*refusal, planned);
    moved.push_back(*refusal);
    drop(state, planned.id);
    if (planned.sequence == 0) {
      dropped.push_back(planned.id);
    } else {
      planned.state = DeliveryState::withdrawn;
      planned.settled_at = context.now;
    }
  }
  std::erase_if(plan.deliveries, [&](const Delivery& planned) {
    return std::find(dropped.begin(), dropped.end(), planned.id) != dropped.end();
  });
  plan.deliveries.insert(plan.deliveries.end(), moved.begin(), moved.end());
}

bool is_lifted_by(const Entity& entity, Delivery& refusal, const Delivery& arrived) {
  if (refusal.refused.empty()) return true;
  const std::vector<FieldName> there = names_of(arrived);
  std::vector<FieldName> left;
  for (const FieldName& name : names_of(refusal)) {
    if (!contains_any(there, tuple_of(entity, name))) left.push_back(name);
  }
  if (!left.empty()) narrow(entity, refusal, left);
  return left.empty();
}

}  // namespace truce
