#include "engine/core/identity/link.h"

#include <algorithm>

#include "engine/core/model/hash.h"

namespace truce {

std::vector<std::optional<std::string>> match_keys(const Entity& entity,
                                                   const std::map<FieldName, Value>& fields) {
  std::vector<std::optional<std::string>> keys;
  for (std::size_t tier = 0; tier < entity.match.size(); ++tier) {
    std::string plain = std::to_string(tier);
    bool blank = entity.match[tier].empty();
    for (const FieldName& name : entity.match[tier]) {
      const auto value = fields.find(name);
      blank |= value == fields.end() || value->second.is_null() || value->second.key.empty();
      if (blank) break;
      plain += '\x1f' + value->second.key;
    }
    if (blank)
      keys.push_back(std::nullopt);
    else
      keys.push_back(sha256_hex(plain).substr(0, 32));
  }
  return keys;
}

LinkDecision decide_link(
    const std::vector<std::optional<std::string>>& keys, const std::vector<Match>& matches,
    const std::function<std::optional<std::string>(const GoldenId&, std::size_t)>& current_keys) {
  const auto earlier_disagrees = [&](const Match& match) {
    for (std::size_t tier = 0; tier < match.tier; ++tier) {
      if (!keys[tier]) continue;
      const auto theirs = current_keys(match.golden, tier);
      if (theirs && *theirs != *keys[tier]) return true;
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
