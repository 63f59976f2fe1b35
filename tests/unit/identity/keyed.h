// Contacts that are known by their email, else by phone and name.
#pragma once

#include <catch2/catch.hpp>

#include "engine/core/identity/link.h"

namespace truce::test {

using Keys = std::vector<TierKeys>;

inline Entity contact_entity() {
  Entity entity;
  entity.name = EntityName("contact");
  entity.match = {{FieldName("email")}, {FieldName("phone"), FieldName("name")}};
  return entity;
}

inline std::map<FieldName, Value> record_of(const std::map<std::string, std::string>& texts) {
  std::map<FieldName, Value> fields;
  for (const auto& [name, text] : texts) fields[FieldName(name)] = Value::of_text(text);
  return fields;
}
inline Keys keys_of(const std::map<std::string, std::string>& texts) {
  return match_keys(contact_entity(), record_of(texts));
}

// The golden records that are known, by id, and what they show.
class Register {
 public:
  void add(const std::string& golden, const std::map<std::string, std::string>& shown) {
    shown_[GoldenId(golden)] = keys_of(shown);
  }

  // The decision on a record that shows `texts`; `matches` are what the index gave.
  LinkDecision decide(const std::map<std::string, std::string>& texts,
                      const std::vector<Match>& matches) const {
    return decide_link(keys_of(texts), matches,
                       [this](const GoldenId& id, std::size_t tier) -> TierKeys {
                         const auto found = shown_.find(id);
                         return found == shown_.end() ? TierKeys() : found->second[tier];
                       });
  }

 private:
  std::map<GoldenId, Keys> shown_;
};

inline Match match_of(const std::string& golden, std::size_t tier) {
  return {GoldenId(golden), tier, "", true, false};
}

}  // namespace truce::test
