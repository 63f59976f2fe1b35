#include "engine/core/policy/policy.h"

#include <algorithm>

namespace truce {
namespace {

constexpr Duration open_limit_default = Duration::of_ms(86'400'000);

}  // namespace

Direction Field::direction_of(const SystemName& system) const {
  if (!map.contains(system)) return Direction::none;
  const auto found = direction.find(system);
  return found == direction.end() ? Direction::both : found->second;
}

bool Field::reads(const SystemName& system) const {
  const Direction way = direction_of(system);
  return way == Direction::both || way == Direction::in;
}

bool Field::writes(const SystemName& system) const {
  const Direction way = direction_of(system);
  if (way != Direction::both && way != Direction::out) return false;
  return !map.at(system).read_only;
}

const Field* Entity::field(const FieldName& wanted) const {
  const auto found = fields.find(wanted);
  return found == fields.end() ? nullptr : &found->second;
}

bool Entity::creates_in(const SystemName& system) const {
  return std::find(create_in.begin(), create_in.end(), system) != create_in.end();
}

const System* Policy::system(const SystemName& name) const {
  const auto found = systems.find(name);
  return found == systems.end() ? nullptr : &found->second;
}

const Entity* Policy::entity(const EntityName& name) const {
  const auto found = entities.find(name);
  return found == entities.end() ? nullptr : &found->second;
}

Duration Policy::open_limit(std::string_view category) const {
  for (const std::string_view key : {category, std::string_view("default")}) {
    const Json* written = find_member(sla, key);
    if (written == nullptr || !written->is_string()) continue;
    if (const auto limit = parse_duration(written->get_ref<const std::string&>())) return *limit;
  }
  return open_limit_default;
}

}  // namespace truce
