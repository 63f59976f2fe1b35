#include "engine/app/private_fields.h"

#include <algorithm>
#include <set>

#include "engine/app/change_event.h"
#include "engine/core/model/hash.h"

namespace truce {
namespace {

constexpr const char* seal_member = "$sealed";
constexpr int depth_max = 64;  // of what is opened; nothing deeper was ever accepted

const std::string* seal_of(const Json& node) {
  const Json* text =
      node.is_object() && node.size() == 1 ? find_member(node, seal_member) : nullptr;
  return text && text->is_string() ? &text->get_ref<const std::string&>() : nullptr;
}

Json opened(const Json& node, const Secrets& secrets, int depth, bool& whole) {
  if (depth > depth_max) return node;
  if (const std::string* seal_text = seal_of(node)) {
    std::string plain;
    if (unseal(secrets.seal_key, *seal_text, &plain)) {
      if (auto value = parse_json(plain, JsonLimits::of_store())) return std::move(*value);
    }
    whole = false;
    return node;
  }
  if (node.is_object()) {
    Json result = Json::object();
    for (const auto& [key, value] : node.items()) {
      result[key] = opened(value, secrets, depth + 1, whole);
    }
    return result;
  }
  if (!node.is_array()) return node;
  Json result = Json::array();
  for (const Json& value : node) result.push_back(opened(value, secrets, depth + 1, whole));
  return result;
}

// What came as a seal is text of somebody else's: opened as ours it would show what it was copied
// from.
bool has_foreign_seal(const Json& node) {
  return seal_of(node) ||
         (node.is_structured() && std::any_of(node.begin(), node.end(), has_foreign_seal));
}

// The copy of an event that is stored. Whatever is sealed is sealed once, with all that is in it.
class Sealing {
 public:
  Sealing(const Entity& entity, const SystemName& system, const Secrets& secrets)
      : secrets_(secrets) {
    for (const auto& [name, field] : entity.fields) {
      const auto entry = field.map.find(system);
      if (field.is_private && entry != field.map.end())
        private_.emplace_back(&field, &entry->second);
    }
  }

  bool has_private() const { return !private_.empty(); }

  Json copy_of(const Json& event) {
    Json copy = Json::object();
    for (const auto& [key, value] : event.items()) {
      if (key == "record")
        copy[key] = record(value);
      else if (key == "previous" && value.is_object())
        copy[key] = previous(value);
      else
        copy[key] = walk(value);
    }
    return copy;
  }

 private:
  // A transform may read any part of the record, so the whole record is sealed.
  Json record(const Json& node) {
    for (const auto& [field, entry] : private_) {
      if (entry->transform && node.is_object()) return sealed(node, secrets_);
      note(node, entry->path);
      if (entry->write) note(node, *entry->write);
    }
    Json copy = walk(node);
    places_.clear();
    names_.clear();
    return copy;
  }

  // The place itself, and whatever bears its name elsewhere: a history of the field has its values.
  void note(const Json& node, const Path& path) {
    if (const Json* place = read_path(node, path)) places_.insert(place);
    const PathStep& last = path.steps.back();
    if (last.kind == PathStep::Kind::member && last.member != "value") names_.insert(last.member);
  }

  Json previous(const Json& node) const {
    Json copy = Json::object();
    for (const auto& [key, value] : node.items()) {
      const bool is_private = std::any_of(private_.begin(), private_.end(), [&](const auto& one) {
        return names_field(key, *one.first, *one.second);
      });
      copy[key] = is_private ? sealed(value, secrets_) : walk(value);
    }
    return copy;
  }

  Json walk(const Json& node) const {
    if (places_.contains(&node) || seal_of(node)) return sealed(node, secrets_);
    if (node.is_object()) {
      Json copy = Json::object();
      for (const auto& [key, value] : node.items()) {
        copy[key] = names_.contains(key) ? sealed(value, secrets_) : walk(value);
      }
      return copy;
    }
    if (!node.is_array()) return node;
    Json copy = Json::array();
    for (const Json& value : node) copy.push_back(walk(value));
    return copy;
  }

  const Secrets& secrets_;
  std::vector<std::pair<const Field*, const MapEntry*>> private_;
  std::set<const Json*> places_;
  std::set<std::string> names_;
};

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
  Sealing sealing(entity, system, secrets);
  if (!sealing.has_private() && !has_foreign_seal(event)) return event;
  return sealing.copy_of(event);
}

Opened unsealed(const Json& node, const Secrets& secrets) {
  Opened result;
  result.node = opened(node, secrets, 0, result.whole);
  return result;
}

bool is_under_seal(const Json& record, const Path& path) {
  if (seal_of(record)) return true;
  Path step_by_step;
  for (const PathStep& step : path.steps) {
    step_by_step.steps.push_back(step);
    const Json* node = read_path(record, step_by_step);
    if (!node) return false;
    if (seal_of(*node)) return true;
  }
  return false;
}

}  // namespace truce
