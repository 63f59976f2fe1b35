#include "engine/app/private_fields.h"

#include <algorithm>

#include "engine/app/change_event.h"
#include "engine/core/model/hash.h"

namespace truce {
namespace {

constexpr const char* seal_member = "$sealed";
constexpr int depth_max = 64;  // of what is opened; nothing deeper was ever accepted

Json opened(const Json& node, const Secrets& secrets, int depth) {
  if (depth > depth_max) return node;
  if (node.is_object()) {
    const Json* seal_text = node.size() == 1 ? find_member(node, seal_member) : nullptr;
    if (seal_text && seal_text->is_string()) {
      std::string plain;
      if (!unseal(secrets.seal_key, seal_text->get<std::string>(), &plain)) return node;
      auto value = parse_json(plain, JsonLimits::of_store());
      return value ? std::move(*value) : node;
    }
    Json result = Json::object();
    for (const auto& [key, value] : node.items()) result[key] = opened(value, secrets, depth + 1);
    return result;
  }
  if (!node.is_array()) return node;
  Json result = Json::array();
  for (const Json& value : node) result.push_back(opened(value, secrets, depth + 1));
  return result;
}

}  // namespace

Json sealed(const Json& value, const Secrets& secrets) {
  return {{seal_member, seal(secrets.seal_key, to_wire(value))}};
}

void seal_members(Json& node, std::initializer_list<const char*> members, const Secrets& secrets) {
  for (const char* member : members) {
    const auto found = node.find(member);
    if (found != node.end() && !found->is_null()) *found = sealed(*found, secrets);
  }
}

Json sealed_event(const Json& event, const Entity& entity, const SystemName& system,
                  const Secrets& secrets) {
  const bool has_private =
      std::any_of(entity.fields.begin(), entity.fields.end(), [&](const auto& named) {
        return named.second.is_private && named.second.map.contains(system);
      });
  if (!has_private) return event;
  Json copy = event;
  for (const auto& [name, field] : entity.fields) {
    const auto entry = field.map.find(system);
    if (!field.is_private || entry == field.map.end()) continue;
    const auto record = copy.find("record");
    if (record != copy.end() && record->is_object()) {
      if (entry->second.transform) {
        // A transform may read any part of the record, so the whole record is sealed.
        *record = sealed(*record, secrets);
      } else if (const Json* value = read_path(*record, entry->second.path)) {
        Json hidden = sealed(*value, secrets);
        // The node is part of `record`, which is ours to change.
        const_cast<Json&>(*value) = std::move(hidden);
      }
    }
    const auto previous = copy.find("previous");
    if (previous == copy.end() || !previous->is_object()) continue;
    for (auto& [key, value] : previous->items()) {
      if (names_field(key, field, entry->second)) value = sealed(value, secrets);
    }
  }
  return copy;
}

Json unsealed(const Json& node, const Secrets& secrets) { return opened(node, secrets, 0); }

}  // namespace truce
