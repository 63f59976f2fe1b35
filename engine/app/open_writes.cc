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
    body["changes"] = sealed_changes(context, entity, plan);
  }
  body["to_write"] = to_write(state);
  if (Json held = held_fields(state); !held.empty()) body["held"] = std::move(held);
}

}  // namespace truce
