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

// The keys that a record can be recognised by at one tier, that of its own values first; the others
// are of values that match_also lets count. Empty where a part is blank, for a blank matches nothing.
using TierKeys = std::vector<std::string>;

// The record's match keys: keys[i] belongs to entity.match[i]. A key is a SHA-256, so that the index
// holds nobody's address. At most 64 a tier.
std::vector<TierKeys> match_keys(const Entity& entity, const std::map<FieldName, Value>& fields);

// True where both have keys and share none of them.
bool disagree(const TierKeys& a, const TierKeys& b);

// A golden record that a key points to.
struct Match {
  GoldenId golden;
  std::size_t tier = 0;
  std::string key;
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
// `current_keys` gives a golden record's present keys at a tier, to see whether an earlier one disagrees.
LinkDecision decide_link(
    const std::vector<TierKeys>& keys, const std::vector<Match>& matches,
    const std::function<TierKeys(const GoldenId&, std::size_t tier)>& current_keys);

}  // namespace truce
