#include "engine/app/known_names.h"

#include <algorithm>

#include "engine/core/policy/nearest_word.h"

namespace truce {
namespace {

template <class Named, class Name>
std::string lacks(const char* kind, const Named& known, const Name& name) {
  std::vector<std::string_view> words;
  for (const auto& [one, what] : known) words.push_back(one.text.str());
  std::string message = std::string("the policy has no ") + kind + " '" + shown(name.text) + '\'';
  if (const auto nearest = policy_file::nearest_word(name.text, words)) {
    return message + "; did you mean " + *nearest + '?';
  }
  return words.empty() ? message : message + "; known here: " + policy_file::any_of(words);
}

}  // namespace

Problem unknown_system(const Policy& policy, const SystemName& name, std::string pointer) {
  return {Code::unknown_system, lacks("system", policy.systems, name), std::move(pointer)};
}

Problem unknown_entity(const Policy& policy, const EntityName& name, std::string pointer) {
  return {Code::unknown_entity, lacks("entity", policy.entities, name), std::move(pointer)};
}

Result<void> check_asked(ReadView& store, const Policy& policy, const SystemName& system,
                         const EntityName& entity) {
  const auto has_records = [&](const EntityName& of) {
    const auto first = store.sources_behind(of, {system, {}}, 1);
    return !first.empty() && first.front().system == system;
  };
  if (!system.empty() && !policy.system(system) &&
      std::none_of(policy.entities.begin(), policy.entities.end(),
                   [&](const auto& known) { return has_records(known.first); })) {
    return tl::unexpected(unknown_system(policy, system, {}));
  }
  if (!entity.empty() && !policy.entity(entity) && store.sources_behind(entity, {}, 1).empty()) {
    return tl::unexpected(unknown_entity(policy, entity, {}));
  }
  return {};
}

}  // namespace truce
