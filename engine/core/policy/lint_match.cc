#include <algorithm>

#include "engine/core/policy/lint.h"
#include "engine/core/policy/nearest_word.h"

namespace truce::policy_file {
namespace {

std::string spelled(const std::vector<FieldName>& key) {
  std::vector<std::string> names;
  for (const FieldName& name : key) names.push_back(in_quotes(name.text));
  return all_of(names);
}

const Field* known_field(Linting& linting, const Entity& entity, const FieldName& name,
                         Place place) {
  const Field* field = entity.field(name);
  if (field != nullptr) return field;
  std::vector<std::string_view> known;
  for (const auto& [other, unused] : entity.fields) known.push_back(other.text);
  const auto nearest = nearest_word(name.text, known);
  linting.findings.error(
      Code::policy_value, place, in_quotes(name.text) + " is no field of this entity",
      nearest ? "did you mean " + *nearest + "?" : "known here: " + any_of(known));
  return nullptr;
}

void lint_private(Linting& linting, const Field& field, Place place) {
  if (!field.is_private) return;
  linting.findings.warn(Code::policy_conflict, place,
                        in_quotes(field.name.text) +
                            " is private, but as a match key its values are kept to compare with",
                        "choose another key, or accept that");
}

// False where the name is no field that can be a key.
bool lint_member(Linting& linting, const Entity& entity, const FieldName& name, Place place) {
  const Field* field = known_field(linting, entity, name, place);
  if (field == nullptr) return false;
  if (field->type == FieldType::set || field->type == FieldType::html) {
    linting.findings.error(Code::policy_conflict, place,
                           in_quotes(name.text) + " is of type " +
                               std::string(to_string(field->type)) +
                               "; records are not recognised by that",
                           "choose a field with one plain value");
    return false;
  }
  lint_private(linting, *field, place);
  return true;
}

void lint_further(Linting& linting, const Entity& entity, const Field& key, const FieldName& name,
                  Place place) {
  const Field* field = known_field(linting, entity, name, place);
  if (field == nullptr) return;
  if (field->name == key.name || (field->type != key.type && field->type != FieldType::set)) {
    return linting.findings.error(
        Code::policy_conflict, place,
        in_quotes(name.text) + " cannot count as " + in_quotes(key.name.text),
        "name another field of type " + std::string(to_string(key.type)) + ", or a set");
  }
  lint_private(linting, *field, place);
}

bool is_weak(FieldType type) {
  return type == FieldType::boolean || type == FieldType::enumeration;
}

void lint_strength(Linting& linting, const Entity& entity, const std::vector<FieldName>& key,
                   Place place) {
  const bool weak = std::all_of(key.begin(), key.end(), [&](const FieldName& name) {
    return is_weak(entity.field(name)->type);
  });
  if (weak) {
    linting.findings.warn(Code::policy_conflict, place,
                          spelled(key) + " has few values, so most records would look the same",
                          "add a field that tells records apart");
  }
  std::size_t systems = 0;
  for (const auto& entry : linting.policy.systems) {
    const bool has_all = std::all_of(key.begin(), key.end(), [&](const FieldName& name) {
      return entity.field(name)->map.contains(entry.first);
    });
    if (has_all) ++systems;
  }
  if (systems < 2) {
    linting.findings.warn(
        Code::policy_conflict, place,
        "fewer than two systems have " + spelled(key) + ", so this key recognises nothing",
        "add it to the maps of more systems, or take the key away");
  }
}

bool contains_all(const std::vector<FieldName>& key, const std::vector<FieldName>& earlier) {
  return std::all_of(earlier.begin(), earlier.end(), [&](const FieldName& name) {
    return std::find(key.begin(), key.end(), name) != key.end();
  });
}

// A later key counts only where no earlier one disagrees, and where all of a longer one agree, so
// does the shorter one.
void lint_order(Linting& linting, const Entity& entity, std::size_t index, Place place) {
  for (std::size_t earlier = 0; earlier < index; ++earlier) {
    if (!contains_all(entity.match[index], entity.match[earlier])) continue;
    linting.findings.warn(Code::policy_conflict, place,
                          "this key recognises nothing that the earlier key " +
                              spelled(entity.match[earlier]) + " does not",
                          "put it first, or take it away");
    return;
  }
}

void lint_blanks(Linting& linting, const Entity& entity, Place place) {
  const bool one_is_required =
      std::any_of(entity.match.begin(), entity.match.end(), [&](const auto& key) {
        return std::all_of(key.begin(), key.end(), [&](const FieldName& name) {
          const Field* field = entity.field(name);
          return field != nullptr && field->required;
        });
      });
  if (one_is_required) return;
  linting.findings.warn(Code::policy_missing, place,
                        "every match key may be blank, and a blank key matches nothing: such a "
                        "record becomes one of its own",
                        "write \"required\": true at the fields of one key");
}

}  // namespace

void lint_match(Linting& linting, const Entity& entity, const Node& node) {
  const Node* list = node.member("match");
  if (entity.match.empty()) {
    std::size_t systems = 0;
    for (const auto& [system, unused] : linting.policy.systems) {
      if (takes_part(entity, system)) ++systems;
    }
    if (systems < 2) return;
    return linting.findings.warn(
        Code::policy_missing, place_in(node, {"match"}),
        "nothing says when two systems' records are the same, so each becomes one of its own",
        "write \"match\": [[\"email\"]]");
  }
  bool all_sound = true;
  for (std::size_t i = 0; i < entity.match.size(); ++i) {
    const Node& key = list->children[i];
    bool sound = true;
    for (std::size_t j = 0; j < entity.match[i].size(); ++j) {
      sound &= lint_member(linting, entity, entity.match[i][j], value_of(key.children[j]));
    }
    all_sound &= sound;
    if (!sound) continue;
    lint_strength(linting, entity, entity.match[i], value_of(key));
    lint_order(linting, entity, i, value_of(key));
  }
  if (all_sound) lint_blanks(linting, entity, key_of(*list));
}

void lint_match_also(Linting& linting, const Entity& entity, const Node& node) {
  for (const auto& [name, also] : entity.match_also) {
    const Node& list = *node.member("match_also")->member(name.text);
    const auto has_name = [&field_name = name](const auto& key) {
      return std::find(key.begin(), key.end(), field_name) != key.end();
    };
    const bool is_key = std::any_of(entity.match.begin(), entity.match.end(), has_name);
    if (!is_key) {
      linting.findings.error(Code::policy_conflict, key_of(list),
                             in_quotes(name.text) + " stands in no match key",
                             "add it to match, or take it away here");
      continue;
    }
    const Field* key = entity.field(name);
    if (key == nullptr) continue;  // an error of the match key
    for (std::size_t i = 0; i < also.size(); ++i) {
      const bool listed = list.kind == Node::Kind::array;
      lint_further(linting, entity, *key, also[i], value_of(listed ? list.children[i] : list));
    }
  }
}

}  // namespace truce::policy_file
