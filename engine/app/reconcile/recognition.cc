#include "engine/app/reconcile/recognition.h"

#include <algorithm>

#include "engine/app/joined.h"

namespace truce {
namespace {

GoldenId parent_of(ReadView& store, const SystemName& system, const EntityName& entity,
                   const RecordId& id) {
  const auto parent = store.find_source(system, entity, id);
  if (!parent || parent->golden.empty() || parent->state == LinkState::ambiguous) return {};
  return survivor_of(store, parent->golden);
}

}  // namespace

std::vector<TierKeys> staged_keys(ReadView& store, const Entity& entity, const SystemName& system,
                                  std::map<FieldName, Value> fields) {
  for (auto& [name, value] : fields) {
    const Field* field = entity.field(name);
    if (!field || field->type != FieldType::reference || value.is_null()) continue;
    const GoldenId parent = parent_of(store, system, field->entity, RecordId(value.text()));
    value = parent.empty() ? Value::null() : Value::of_text(parent.text);
  }
  return match_keys(entity, fields);
}

std::size_t first_tier(const std::vector<TierKeys>& keys) {
  const auto first =
      std::find_if(keys.begin(), keys.end(), [](const TierKeys& tier) { return !tier.empty(); });
  return static_cast<std::size_t>(first - keys.begin());
}

}  // namespace truce
