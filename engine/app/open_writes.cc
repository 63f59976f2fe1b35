#include "engine/app/open_writes.h"

#include "engine/app/event_answer.h"
#include "engine/app/trail.h"

namespace truce {

Json to_write(const RecordState& state) {
  std::map<std::string, std::set<std::string>> fields;
  for (const Delivery& delivery : state.deliveries) {
    const bool ended = delivery.state == DeliveryState::delivered ||
                       delivery.state == DeliveryState::withdrawn ||
                       delivery.state == DeliveryState::discarded;
    if (ended) continue;
    for (const auto& [name, field] : delivery.fields) {
      fields[delivery.system.text].insert(name.text);
    }
  }
  Json node = Json::object();
  for (const auto& [system, names] : fields) node[system] = names;
  return node;
}

Json held_fields(const RecordState& state) {
  Json held = Json::array();
  for (const auto& [name, field] : state.golden.fields) {
    const auto flips = state.golden.flips.find(name);
    const bool frozen = flips != state.golden.flips.end() && flips->second.frozen;
    if (field.contested || frozen) held.push_back(name.text);
  }
  return held;
}

void put_derivation(Context& context, const RecordState& state, const Plan& plan, Json& body) {
  const Entity& entity = *context.policy.entity(state.golden.entity);
  if (!plan.changes.empty()) {
    JsonText changes;
    put_sealed_changes(changes, context, entity, plan);
    body["changes"] = json_of(changes.take());
  }
  body["to_write"] = to_write(state);
  if (Json held = held_fields(state); !held.empty()) body["held"] = std::move(held);
}

void derive_under_policy(Context& context, RecordState& state) {
  const Plan plan = derive(context, state);
  if (plan.changes.empty() && plan.deliveries.empty()) return;
  Json body{{"policy", context.policy.sha256}};
  put_derivation(context, state, plan, body);
  write_audit(context, {"policy", state.golden.entity, state.golden.id, {}, std::move(body)});
}

}  // namespace truce
