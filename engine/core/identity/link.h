// Recognising a record: match keys in their order, never a guess. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/facts.h"
#include "engine/core/policy/policy.h"

namespace truce {

// The record's match keys by tier: keys[i] belongs to entity.match[i]; nullopt where a part is blank,
// for a blank matches nothing. A key is a SHA-256, so that the index holds nobody's address.
std::vector<std::optional<std::string>> match_keys(const Entity& entity,
                                                   const std::map<FieldName, Value>& fields);

// A golden record that a key points to.
struct Match {
  GoldenId golden;
  std::size_t tier = 0;
  bool current = false;    // false: it held that key only earlier
  bool slot_taken = false;  // the system has a living record there already
};

struct LinkDecision {
  enum class Kind { link, create, ambiguous };
  Kind kind = Kind::create;
  GoldenId golden;              // link
  std::vector<Match> matches;   // what was found; ambiguous: what the item names
  std::string why;              // one sentence, for the item and the audit trail
};

// `matches` are all golden records that hold or held one of the keys, in the order of the tiers;
// `current_keys` gives a golden record's present key at a tier, to see whether an earlier one disagrees.
LinkDecision decide_link(
    const std::vector<std::optional<std::string>>& keys, const std::vector<Match>& matches,
    const std::function<std::optional<std::string>(const GoldenId&, std::size_t tier)>& current_keys);

}  // namespace truce
