#include "engine/app/migrating.h"

#include <algorithm>

#include "engine/app/ingestion.h"
#include "engine/app/match_index.h"
#include "engine/app/migration_state.h"

namespace truce {
namespace {

std::optional<Said> said_again(ReadView& store, const EventReader& reader,
                               const SourceRecord& source, const EventKey& key) {
  const auto raw = store.find_raw(key);
  if (!raw) return std::nullopt;
  ReadEvent read = read_raw_event(reader, raw->body);
  if (read.refusal || read.system != source.system || read.id != source.id) return std::nullopt;
  read.key = key;
  Arrival arrival = arrival_of(reader.policy, read, raw->received_at);
  arrival.missing_parent = MissingParent::leave_out;
  std::string waits_for;
  resolve_references(store, arrival, waits_for);
  for (const auto& [name, history] : source.fields) {
    for (const Observation& observation : history.observations) {
      if (arrival.timed || observation.event_key != key) continue;
      // Only its receipt gave the time, and that may be a snapshot's.
      arrival.at = observation.order.at;
    }
  }
  Said said;
  for (const auto& [name, value] : arrival.record.fields) {
    said.emplace(name, observe(arrival, *arrival.entity.field(name), value));
  }
  return said;
}

std::optional<RecordId> linked_id_in(ReadView& store, const SystemName& system,
                                     const GoldenId& golden) {
  for (const SourceRecord& source : store.sources_of(golden)) {
    if (source.system == system && source.state == LinkState::active) return source.id;
  }
  return std::nullopt;
}

const EntityChange* change_of(const Context& context, const EntityName& entity) {
  if (!context.migrating) return nullptr;
  const auto change = context.migrating->changes.find(entity);
  return change == context.migrating->changes.end() ? nullptr : &change->second;
}

Carriage carriage_of(Context& context, const EntityName& entity, const EntityChange& change) {
  const Migrating& migrating = *context.migrating;
  return carriage_between(context.store, *migrating.from, *migrating.to, entity, change,
                          migrating.course, context.transforms, context.secrets);
}

// What is only shown under another name now is no change of the record, but the trail tells it.
void add_renamed(Plan& plan, const SharedMap<FieldName, GoldenField>& before,
                 const SharedMap<FieldName, GoldenField>& after) {
  const auto is_told = [&](const FieldName& name) {
    return std::any_of(plan.changes.begin(), plan.changes.end(),
                       [&](const FieldChange& change) { return change.field == name; });
  };
  for (const auto& [name, field] : before) {
    if (!after.contains(name) && !is_told(name)) plan.changes.push_back({name, field, std::nullopt});
  }
  for (const auto& [name, field] : after) {
    if (!before.contains(name) && !is_told(name)) plan.changes.push_back({name, std::nullopt, field});
  }
}

// {before: after} of the fields that are only called otherwise.
Json new_names(const EntityChange& change) {
  Json names = Json::object();
  for (const auto& [to, origin] : change.fields) {
    if (origin.moves_everywhere() && origin.from.front() != to) {
      names[origin.from.front().text.str()] = to.text;
    }
  }
  return names;
}

}  // namespace

Carriage carriage_between(ReadView& store, const Policy& from, const Policy& to,
                          const EntityName& entity, const EntityChange& change, Course course,
                          Transforms* transforms, const Secrets& secrets) {
  return {from,
          to,
          entity,
          change,
          course,
          transforms,
          [&store, reader = EventReader{to, transforms, secrets}](const SourceRecord& source,
                                                                 const EventKey& key) {
            return said_again(store, reader, source, key);
          },
          [&store](const SystemName& system, const GoldenId& golden) {
            return linked_id_in(store, system, golden);
          }};
}

bool is_migrating(const Context& context, const EntityName& entity) {
  return change_of(context, entity) != nullptr;
}

void bring_along(Context& context, RecordState& state) {
  const EntityChange* change = change_of(context, state.golden.entity);
  if (!change || state.golden.policy_sha256 != context.migrating->from->sha256) return;
  const auto shown_before = state.golden.fields;
  carry_state(carriage_of(context, state.golden.entity, *change), state);
  for (const SourceRecord& source : state.sources) context.store.put_source(source);
  for (Delivery& delivery : state.deliveries) context.store.put_delivery(delivery);
  for (ExceptionItem& item : state.items) context.store.put_exception(item);
  if (change->keys_change) {
    for (const SourceRecord& source : state.sources) make_keys_anew(context, source);
  }
  if (context.migrating->course == Course::back) {
    for (const SourceRecord& source : state.sources) {
      close_read_refusals(context, source, state.items);
    }
  }
  Plan plan = derive(context, state);
  add_renamed(plan, shown_before, state.golden.fields);
  note_derived(context, state, plan,
               {{"why", "it came along to another schema"},
                {"migration", context.migrating->id},
                {"renamed", new_names(*change)}});
}

void bring_along(Context& context, SourceRecord& source) {
  const EntityChange* change = change_of(context, source.entity);
  if (!change) return;
  source = carry_source(carriage_of(context, source.entity, *change), source);
  context.store.put_source(source);
  if (change->keys_change) make_keys_anew(context, source);
}

std::optional<SourceRecord> find_carried(Context& context, const SystemName& system,
                                         const EntityName& entity, const RecordId& id) {
  auto source = context.store.find_source(system, entity, id);
  if (!source || !context.migrating) return source;
  if (!source->golden.empty()) {
    load_state(context, source->golden);
    return context.store.find_source(system, entity, id);
  }
  if (awaits_carrying(context, *source)) bring_along(context, *source);
  return source;
}

std::optional<Delivery> find_carried(Context& context, const DeliveryId& id) {
  auto delivery = context.store.find_delivery(id);
  if (!delivery || !context.migrating) return delivery;
  load_state(context, delivery->golden);
  return context.store.find_delivery(id);
}

std::optional<ExceptionItem> find_carried(Context& context, const ExceptionId& id) {
  auto item = context.store.find_exception(id);
  if (!item || item->golden.empty() || !context.migrating) return item;
  load_state(context, item->golden);
  return context.store.find_exception(id);
}

}  // namespace truce
