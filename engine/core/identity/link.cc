#include "engine/core/identity/link.h"

#include <algorithm>

#include "engine/core/model/hash.h"
#include "engine/core/normalize/normalize.h"

namespace truce {

namespace {

constexpr std::size_t keys_a_tier_max = 64;

// What a text of another field would be compared by if it stood in this one.
std::string key_in(const Field& field, const std::string& text) {
  const Result<Value> value = to_canonical(System{}, field, MapEntry{}, text);
  return value && !value->is_null() ? value->key() : "";
}

void add_word(std::vector<std::string>& words, const std::string& word) {
  const bool known = std::find(words.begin(), words.end(), word) != words.end();
  if (!word.empty() && !known) words.push_back(word);
}

// What the field of a match key is compared by, its own value first.
std::vector<std::string> words_of(const Entity& entity, const FieldName& name,
                                  const std::map<FieldName, Value>& fields) {
  std::vector<std::string> words;
  const auto own = fields.find(name);
  if (own != fields.end() && !own->second.is_null()) add_word(words, own->second.key());
  const Field* field = entity.field(name);
  const auto also = entity.match_also.find(name);
  if (!field || also == entity.match_also.end()) return words;
  for (const FieldName& other : also->second) {
    const auto value = fields.find(other);
    if (value == fields.end() || value->second.is_null()) continue;
    if (value->second.is_set()) {
      for (const auto& element : value->second.elements()) {
        add_word(words, key_in(*field, element.text));
      }
    } else {
      add_word(words, value->second.key());
    }
  }
  return words;
}

}  // namespace

std::vector<TierKeys> match_keys(const Entity& entity, const std::map<FieldName, Value>& fields) {
  std::vector<TierKeys> keys;
  for (std::size_t tier = 0; tier < entity.match.size(); ++tier) {
    std::vector<std::string> plain;
    if (!entity.match[tier].empty()) plain.push_back(std::to_string(tier));
    for (const FieldName& name : entity.match[tier]) {
      const std::vector<std::string> words = words_of(entity, name, fields);
      std::vector<std::string> longer;
      for (const std::string& begun : plain) {
        for (const std::string& word : words) longer.push_back(begun + '\x1f' + word);
      }
      longer.resize(std::min(longer.size(), keys_a_tier_max));
      plain = std::move(longer);
    }
    TierKeys& hashed = keys.emplace_back();
    for (const std::string& key : plain) hashed.push_back(sha256_hex(key).substr(0, 32));
  }
  return keys;
}

bool disagree(const TierKeys& a, const TierKeys& b) {
  if (a.empty() || b.empty()) return false;
  return std::none_of(a.begin(), a.end(), [&](const std::string& key) {
    return std::find(b.begin(), b.end(), key) != b.end();
  });
}

LinkDecision decide_link(
    const std::vector<TierKeys>& keys, const std::vector<Match>& matches,
    const std::function<TierKeys(const GoldenId&, std::size_t)>& current_keys) {
  const auto earlier_disagrees = [&](const Match& match) {
    for (std::size_t tier = 0; tier < match.tier; ++tier) {
      if (!keys[tier].empty() && disagree(current_keys(match.golden, tier), keys[tier]))
        return true;
    }
    return false;
  };
  LinkDecision decision;
  for (std::size_t tier = 0; tier < keys.size(); ++tier) {
    std::vector<Match> here;
    for (const Match& match : matches) {
      const bool listed = std::any_of(here.begin(), here.end(), [&](const Match& other) {
        return other.golden == match.golden;
      });
      if (match.tier == tier && !listed && !earlier_disagrees(match)) here.push_back(match);
    }
    if (here.empty()) continue;
    decision.matches = here;
    if (here.size() == 1 && here.front().current && !here.front().slot_taken) {
      decision.kind = LinkDecision::Kind::link;
      decision.golden = here.front().golden;
      decision.why = "matched by key " + std::to_string(tier + 1);
      return decision;
    }
    decision.kind = LinkDecision::Kind::ambiguous;
    if (here.size() > 1)
      decision.why = "several records have this key";
    else if (!here.front().current)
      decision.why = "the record had this key only earlier";
    else
      decision.why = "the record is linked to another one of this system already";
    return decision;
  }
  decision.why = "nothing matched";
  return decision;
}

}  // namespace truce
