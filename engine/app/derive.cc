#include "engine/app/derive.h"

#include <algorithm>
#include <set>

#include "engine/app/joined.h"
#include "engine/app/migrating.h"
#include "engine/app/open_writes.h"
#include "engine/app/refusals.h"
#include "engine/app/render.h"
#include "engine/app/shape_book.h"
#include "engine/app/trail.h"
#include "engine/core/history/presence.h"

namespace truce {
namespace {

// A chain of merged records longer than this is a loop in the data.
constexpr int merge_hops_max = 32;

void announce_item(Context& context, const ExceptionItem& item) {
  announce(context, "exception",
           {{"id", item.id.text},
            {"category", std::string(to_string(item.category))},
            {"state", std::string(to_string(item.state))},
            {"version", item.version},
            {"entity", item.entity.text},
            {"golden_id", item.golden.text},
            {"field", item.field.text}});
}

void put_references(Context& context, const Entity& entity, const GoldenRecord& golden) {
  std::vector<GoldenId> parents;
  for (const auto& [name, field] : golden.fields) {
    const Field* known = entity.field(name);
    if (!known || known->type != FieldType::reference || field.value.is_null()) continue;
    parents.emplace_back(field.value.text());
  }
  const bool has_references =
      std::any_of(entity.fields.begin(), entity.fields.end(),
                  [](const auto& named) { return named.second.type == FieldType::reference; });
  if (has_references) context.store.put_references(golden.id, parents);
}

void announce_due(Context& context, const Delivery& delivery) {
  if (delivery.state != DeliveryState::pending || delivery.attempt > 0) return;
  announce(context, "due",
           {{"id", delivery.id.text},
            {"system", delivery.system.text},
            {"entity", delivery.entity.text},
            {"op", std::string(to_string(delivery.operation))},
            {"due_at", to_rfc3339(delivery.due_at)}});
}

// plan() closes the items of dead letters that have nothing left to say, but knows none of these.
void close_moot_associations(Context& context, RecordState& state, const Plan& plan) {
  for (const Delivery& delivery : plan.deliveries) {
    if (delivery.state != DeliveryState::withdrawn) continue;
    auto item = context.store.unanswered_exception("dead_letter/" + delivery.id.text);
    if (!item) continue;
    std::erase_if(state.items, [&](const ExceptionItem& open) { return open.id == item->id; });
    close_item(context, std::move(*item), "truce", "the facts settled it");
  }
}

void note_deletion(Context& context, const GoldenRecord& golden) {
  const Json deleted_at = golden.deleted_at ? Json(to_rfc3339(*golden.deleted_at)) : Json();
  write_audit(context, {"derived",
                        golden.entity,
                        golden.id,
                        {},
                        {{"deleted_at", deleted_at}, {"policy", context.policy.sha256}}});
}

std::vector<FieldName> lossy_fields(const Entity& entity, const Delivery& delivery) {
  std::vector<FieldName> lossy;
  for (const auto& [name, planned] : delivery.fields) {
    const Field* field = entity.field(name);
    if (!field || !field->map.contains(delivery.system)) continue;
    const MapEntry& entry = field->map.at(delivery.system);
    if (!same(as_held(*field, entry, planned.value), planned.value)) lossy.push_back(name);
  }
  return lossy;
}

}  // namespace

std::optional<GoldenRecord> find_survivor(ReadView& store, const GoldenId& golden) {
  std::optional<GoldenRecord> record = store.find_golden(golden);
  for (int hop = 0; record && !record->merged_into.empty() && hop < merge_hops_max; ++hop) {
    record = store.find_golden(record->merged_into);
  }
  return record;
}

std::optional<RecordState> read_state(ReadView& store, const Policy& policy,
                                      const GoldenId& golden) {
  std::optional<GoldenRecord> record = find_survivor(store, golden);
  if (!record || !policy.entity(record->entity)) return std::nullopt;
  RecordState state;
  state.golden = std::move(*record);
  state.sources = store.sources_of(state.golden.id);
  state.deliveries = store.open_deliveries(state.golden.id);
  state.items = store.unanswered_exceptions_of(state.golden.id);
  return state;
}

std::optional<RecordState> load_state(Context& context, const GoldenId& golden) {
  std::optional<RecordState> state = read_state(context.store, context.policy, golden);
  if (state && context.migrating) bring_along(context, *state);
  return state;
}

bool is_unread(const RecordState& state, const SourceRecord& source) {
  const auto& unread = state.golden.unread_in;
  return source.state == LinkState::active && !is_deleted(source) &&
         std::find(unread.begin(), unread.end(), source.system) != unread.end();
}

std::optional<RecordId> linked_id(ReadView& store, const SystemName& system,
                                  const GoldenId& golden) {
  for (const SourceRecord& source : store.sources_of(golden)) {
    if (source.system == system && source.state == LinkState::active && !is_deleted(source)) {
      return source.id;
    }
  }
  return std::nullopt;
}

PlanContext plan_context(Context& context, const Entity& entity, WriteLimits limits) {
  PlanContext plan{context.policy,   entity, context.now, context.transforms, {}, {},
                   std::move(limits)};
  plan.linked_id = [&context](const SystemName& system, const EntityName&, const GoldenId& golden) {
    return linked_id(context.store, system, golden);
  };
  plan.next_id = [&context](const char* prefix) { return context.ids.next(prefix); };
  tell_of_joins(plan, context.store);
  return plan;
}

std::optional<Time> refused_at(const ExceptionItem& item) {
  const Json* said = find_member(item.detail, "at");
  if (!said || !said->is_string()) return std::nullopt;
  const auto at = parse_time(said->get_ref<const std::string&>());
  return at ? std::optional(*at) : std::nullopt;
}

bool is_overtaken(const ExceptionItem& item, const SourceRecord& source) {
  const auto at = refused_at(item);
  const auto history = source.fields.find(item.field);
  return at && history != source.fields.end() && !history->second.observations.empty() &&
         *at <= history->second.observations.back().order.at;
}

namespace {

UnreadFields unread_fields(const RecordState& state) {
  UnreadFields unread;
  for (const ExceptionItem& item : state.items) {
    if (!item.subject.starts_with(refused_arrival)) continue;
    const auto at = refused_at(item);
    const SourceRecord* source = linked_source(state, item.system);
    if (!at || !source || source->id != item.record || is_overtaken(item, *source)) continue;
    Time& latest = unread.try_emplace({item.system, item.field}, *at).first->second;
    latest = std::max(latest, *at);
  }
  return unread;
}

bool is_absent_somewhere(const Entity& entity, const RecordState& state) {
  return std::any_of(entity.id.begin(), entity.id.end(), [&](const auto& place) {
    const SourceRecord* source = linked_source(state, place.first);
    return !source || is_deleted(*source);
  });
}

}  // namespace

Plan derive(Context& context, RecordState& state, WriteLimits limits) {
  const Entity& entity = *context.policy.entity(state.golden.entity);
  const std::optional<Time> deleted_before = state.golden.deleted_at;
  limits.nothing |= context.writes_nothing;
  limits.creates_left = context.creates_left;
  if (!limits.paused) limits.paused = paused_fields(context.store, entity);
  limits.unread = unread_fields(state);
  limits.makes_none |=
      is_absent_somewhere(entity, state) && is_asked_whether_one(context.store, state.golden.id);
  // What came in wrong is asked about by whoever took it in, and is not the plan's to close.
  std::vector<ExceptionItem> aside;
  for (const ExceptionItem& item : state.items) {
    if (item.subject.starts_with(refused_arrival)) aside.push_back(item);
  }
  std::erase_if(state.items, [](const ExceptionItem& item) {
    return item.subject.starts_with(refused_arrival);
  });
  Plan plan = make_plan(plan_context(context, entity, std::move(limits)), state);
  state.items.insert(state.items.end(), aside.begin(), aside.end());
  leave_out_refused(context, state, plan);
  context.store.put_golden(state.golden);
  if (state.golden.deleted_at != deleted_before) note_deletion(context, state.golden);
  put_references(context, entity, state.golden);
  for (Delivery& delivery : plan.deliveries) {
    const bool is_new = delivery.sequence == 0;
    context.store.put_delivery(delivery);
    if (is_new) announce_due(context, delivery);
    for (Delivery& held : state.deliveries) {
      if (held.id == delivery.id) held.sequence = delivery.sequence;
    }
  }
  for (ExceptionItem& item : plan.items) {
    context.store.put_exception(item);
    announce_item(context, item);
    for (ExceptionItem& held : state.items) {
      if (held.id == item.id) held.sequence = item.sequence;
    }
  }
  close_moot_associations(context, state, plan);
  return plan;
}

bool is_unsent(const Delivery& delivery) {
  return delivery.state == DeliveryState::pending || delivery.state == DeliveryState::waiting;
}

void withdraw_paused(Context& context, RecordState& state) {
  if (std::none_of(state.deliveries.begin(), state.deliveries.end(), is_unsent)) return;
  const Entity& entity = *context.policy.entity(state.golden.entity);
  const PausedFields paused = paused_fields(context.store, entity);
  const auto carries_any = [](const Delivery& one, const std::vector<FieldName>& fields) {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const FieldName& field) { return one.fields.contains(field); });
  };
  const bool carried = std::any_of(paused.begin(), paused.end(), [&](const auto& place) {
    const auto members = tuple_of(entity, place.second);
    return std::any_of(state.deliveries.begin(), state.deliveries.end(), [&](const Delivery& one) {
      return is_unsent(one) && one.system == place.first && carries_any(one, members);
    });
  });
  if (carried) derive_noted(context, state, "a field of it is paused", {.paused = paused});
}

void note_derived(Context& context, const RecordState& state, const Plan& plan, Json body) {
  if (plan.changes.empty() && plan.deliveries.empty()) return;
  body["policy"] = context.policy.sha256;
  put_derivation(context, state, plan, body);
  write_audit(context, {"derived", state.golden.entity, state.golden.id, {}, std::move(body)});
}

void derive_noted(Context& context, RecordState& state, const std::string& why,
                  WriteLimits limits) {
  const Plan plan = derive(context, state, std::move(limits));
  note_derived(context, state, plan, {{"why", why}});
}

void derive_again(Context& context, const GoldenId& golden, const std::string& why) {
  auto state = load_state(context, golden);
  if (state) derive_noted(context, *state, why);
}

DeliveryId write_id(const Delivery& delivery) {
  return DeliveryId(delivery.id.text + '/' + std::to_string(delivery.attempt));
}

std::vector<std::pair<FieldName, Write>> writes_of(const Delivery& delivery, Write::State state,
                                                   std::optional<Time> settled_at) {
  std::vector<std::pair<FieldName, Write>> writes;
  auto fields = delivery.fields;
  if (delivery.intended == Operation::erase) fields[presence_field] = {};
  for (const auto& [name, field] : fields) {
    Write write;
    write.delivery = write_id(delivery);
    write.state = state;
    write.value = field.value;
    write.planned_after = field.planned_after;
    write.handed_out_at = delivery.handed_out_at.value_or(delivery.created_at);
    write.settled_at = settled_at;
    write.provenance = field.provenance;
    writes.emplace_back(name, std::move(write));
  }
  return writes;
}

void hand_out(Context& context, RecordState& state, Delivery& delivery,
              std::optional<Duration> lease) {
  const System* system = context.policy.system(delivery.system);
  const bool look_up = delivery.state == DeliveryState::verifying;
  ++delivery.attempt;
  delivery.operation = look_up ? Operation::lookup : delivery.intended;
  delivery.state = DeliveryState::leased;
  if (!look_up || !delivery.handed_out_at) delivery.handed_out_at = context.now;
  const Entity* entity = context.policy.entity(delivery.entity);
  if (entity) delivery.lossy = lossy_fields(*entity, delivery);
  delivery.lease_expires_at =
      context.now + lease.value_or(system ? system->lease : Duration::of_ms(60'000));
  context.store.put_delivery(delivery);
  if (look_up) return;
  for (SourceRecord& source : state.sources) {
    if (source.system != delivery.system || source.state != LinkState::active) continue;
    for (auto& [name, write] : writes_of(delivery, Write::State::leased, std::nullopt)) {
      join(source.fields[name], write);
    }
    context.store.put_source(source);
  }
}

std::vector<Delivery*> due_of(RecordState& state, Time now) {
  std::set<SystemName> flying;
  for (const Delivery& delivery : state.deliveries) {
    if (delivery.state == DeliveryState::leased || delivery.state == DeliveryState::verifying) {
      flying.insert(delivery.system);
    }
  }
  std::vector<Delivery*> due;
  for (Delivery& delivery : state.deliveries) {
    const bool queued =
        delivery.state == DeliveryState::pending || delivery.state == DeliveryState::waiting;
    if (queued && delivery.due_at <= now && flying.insert(delivery.system).second) {
      due.push_back(&delivery);
    }
  }
  return due;
}

ExceptionItem open_item(Context& context, ExceptionItem item) {
  if (auto known = context.store.unanswered_exception(item.subject)) {
    known->candidates = std::move(item.candidates);
    known->actions = std::move(item.actions);
    known->detail = std::move(item.detail);
    known->delivery = item.delivery;
    known->updated_at = context.now;
    ++known->version;
    item = std::move(*known);
  } else {
    item.id = ExceptionId(context.ids.next("x"));
    item.opened_at = context.now;
    item.updated_at = context.now;
    item.due_at = context.now + context.policy.open_limit(std::string(to_string(item.category)));
    const Entity* entity = context.policy.entity(item.entity);
    if (entity && item.owner.empty()) {
      const auto own = entity->owner_of.find(item.system);
      item.owner = own == entity->owner_of.end() ? entity->owner : own->second;
    }
  }
  context.store.put_exception(item);
  announce_item(context, item);
  return item;
}

void close_item(Context& context, ExceptionItem item, const std::string& by,
                const std::string& how) {
  item.state = ExceptionState::resolved;
  item.closed_at = item.updated_at = context.now;
  item.closed_by = by;
  item.resolution = how;
  ++item.version;
  context.store.put_exception(item);
  announce_item(context, item);
}

}  // namespace truce
