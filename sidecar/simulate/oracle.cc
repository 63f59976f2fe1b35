#include "sidecar/simulate/oracle.h"

#include <algorithm>
#include <climits>
#include <set>

namespace truce::simulate {
namespace {

// One system's claim to a field, or to a group of fields.
struct Claim {
  std::size_t system = SIZE_MAX;  // SIZE_MAX: an operator's answer
  std::vector<Text> values;
  Time stamp;
  Time said_at;  // true time
  int precedence = 0;
  Duration skew;
  bool is_blank = false;  // what it says now is nothing; `values` is what it said before
  std::vector<Text> before;
};

bool is_number(const Field& field) {
  return field.type == FieldType::integer || field.type == FieldType::decimal ||
         field.type == FieldType::money;
}

bool all_blank(const std::vector<Text>& values) {
  return std::all_of(values.begin(), values.end(), [](const Text& value) { return value.empty(); });
}

bool ranks_before(const Claim& a, const Claim& b) { return a.precedence < b.precedence; }

bool is_earlier(const Claim& a, const Claim& b) {
  return std::tie(a.stamp, a.precedence) < std::tie(b.stamp, b.precedence);
}

// The truth of one field or group. `member` is which of the group is asked about.
class Judgement {
 public:
  Judgement(const Model& model, const Chronicle& chronicle, Thing thing, std::size_t entity,
            std::size_t field, const std::vector<Text>& held)
      : model_(model),
        entity_(model.entities[entity]),
        field_(entity_.fields[field]),
        rule_(*field_.rule),
        held_(held) {
    const auto& members = field_.members;
    member_ = static_cast<std::size_t>(std::find(members.begin(), members.end(), field) -
                                       members.begin());
    for (const Saying& saying : chronicle.sayings) {
      const bool of_group = std::count(members.begin(), members.end(), saying.field) > 0;
      if (saying.thing != thing || saying.entity != entity || !of_group) continue;
      if (field_.in[saying.system].read) sayings_.push_back(&saying);
    }
    std::stable_sort(sayings_.begin(), sayings_.end(),
                     [](const Saying* a, const Saying* b) { return a->stamp < b->stamp; });
    for (const Answered& answered : chronicle.answers) {
      if (answered.thing == thing && answered.entity == entity &&
          std::count(answered.fields.begin(), answered.fields.end(), field) > 0) {
        answer_ = &answered;
        see(answered);
      }
    }
  }

  Truth run() const {
    if (rule_.rule == Rule::set_union) return united();
    if (rule_.rule == Rule::immutable) return first_of(all_claims());
    std::vector<Claim> claims = last_claims();
    if (rule_.rule == Rule::source_of_truth) return by_authority(claims);
    bool reopened = true;
    if (answer_) reopened = answer_stands_in(claims);
    if (!reopened) return show(claims.back());
    switch (rule_.rule) {
      case Rule::recency:
        return latest(claims);
      case Rule::escalate:
        return agreed(claims);
      case Rule::minimum:
      case Rule::maximum:
        return extreme(claims);
      default:
        return highest(claims);
    }
  }

 private:
  // A member of a group that stands empty beside the others is nobody's word.
  bool is_gap(const Claim& claim) const {
    return field_.members.size() > 1 && claim.values[member_].empty() && rule_.blank == Blank::keep;
  }
  Truth show(const Claim& claim) const {
    return is_gap(claim) ? nothing() : Truth{false, {claim.values[member_]}};
  }
  static Truth ask() { return {true, {}}; }
  static Truth nothing() { return {false, {}}; }

  Claim claim_of(const Saying& saying) const {
    const System& system = *model_.systems[saying.system];
    Claim claim{saying.system,     saying.group,      saying.stamp, saying.at,
                system.precedence, system.clock_skew, false,        saying.group};
    const auto& members = field_.members;
    const auto at = std::find(members.begin(), members.end(), saying.field) - members.begin();
    claim.before[static_cast<std::size_t>(at)] = saying.before;
    return claim;
  }

  std::vector<Claim> all_claims() const {
    std::vector<Claim> claims;
    for (const Saying* saying : sayings_) {
      Claim claim = claim_of(*saying);
      if (!saying->value.empty() || rule_.blank == Blank::clear) claims.push_back(claim);
    }
    return claims;
  }

  // Each system's last word. A blank is no word, unless the policy says so.
  std::vector<Claim> last_claims() const {
    std::vector<Claim> claims;
    for (const Saying* saying : sayings_) {
      Claim claim = claim_of(*saying);
      auto known = std::find_if(claims.begin(), claims.end(),
                                [&](const Claim& other) { return other.system == claim.system; });
      const bool blank = saying->value.empty() && rule_.blank == Blank::keep;
      if (blank && known != claims.end()) known->is_blank = true;
      if (blank) continue;
      if (known == claims.end()) {
        claims.push_back(claim);
      } else {
        *known = claim;
      }
    }
    return claims;
  }

  // A later question is only about what is new: what was beaten before stays beaten.
  void see(const Answered& answered) {
    for (const auto& [system, stamp] : answered.seen) {
      Time& seen = seen_.try_emplace(system, stamp).first->second;
      seen = std::max(seen, stamp);
    }
  }

  // True: something that the operators had not seen says otherwise.
  bool answer_stands_in(std::vector<Claim>& claims) const {
    Claim decided;
    decided.precedence = INT_MAX;
    decided.stamp = Time::beginning();
    decided.values = answer_->values;
    std::vector<Claim> left;
    bool reopened = false;
    for (const Claim& claim : claims) {
      const auto seen = seen_.find(claim.system);
      if (seen != seen_.end() && claim.stamp <= seen->second) {
        decided.precedence = std::min(decided.precedence, claim.precedence);
        decided.stamp = std::max(decided.stamp, claim.stamp);
      } else {
        reopened |= claim.values != decided.values;
        left.push_back(claim);
      }
    }
    claims = std::move(left);
    claims.push_back(std::move(decided));
    return reopened;
  }

  Truth first_of(const std::vector<Claim>& claims) const {
    if (claims.empty()) return nothing();
    return show(*std::min_element(claims.begin(), claims.end(), is_earlier));
  }

  Truth latest(const std::vector<Claim>& claims) const {
    if (claims.empty()) return nothing();
    const Claim* last = &claims.front();
    for (const Claim& claim : claims) {
      if (claim.stamp > last->stamp || (claim.stamp == last->stamp && ranks_before(claim, *last))) {
        last = &claim;
      }
    }
    const Claim* best = last;
    bool differ = false;
    for (const Claim& claim : claims) {
      if (last->stamp - claim.stamp > last->skew + claim.skew) continue;
      differ |= claim.values != last->values;
      if (ranks_before(claim, *best)) best = &claim;
    }
    if (!differ) return show(*last);
    // Too close for these stamps. Who knows better who was last, by the evidence, need not ask.
    const Claim& truly_last =
        *std::max_element(claims.begin(), claims.end(),
                          [](const Claim& a, const Claim& b) { return a.said_at < b.said_at; });
    if (rule_.on_tie != OnTie::precedence) return show(truly_last);
    if (is_gap(truly_last) || is_gap(*best)) return nothing();
    return {false, {truly_last.values[member_], best->values[member_]}};
  }

  // Its system's last word, or one that it said before.
  bool knew(const Claim& later, const Claim& other) const {
    const std::vector<Claim> words = all_claims();
    return std::any_of(words.begin(), words.end(), [&](const Claim& word) {
      return word.system == later.system && !is_earlier(later, word) && is_earlier(other, word) &&
             word.before == other.values;
    });
  }

  Truth agreed(const std::vector<Claim>& claims) const {
    if (claims.empty()) return nothing();
    std::vector<const Claim*> left;
    for (const Claim& claim : claims) {
      const bool overtaken = rule_.when == EscalateWhen::concurrent &&
                             std::any_of(claims.begin(), claims.end(), [&](const Claim& other) {
                               return other.values != claim.values && knew(other, claim);
                             });
      if (!overtaken) left.push_back(&claim);
    }
    const bool one = std::all_of(left.begin(), left.end(), [&](const Claim* claim) {
      return claim->values == left.front()->values;
    });
    return one && !left.empty() ? show(*left.front()) : ask();
  }

  Truth highest(const std::vector<Claim>& claims) const {
    const Claim* best = nullptr;
    for (const bool blank : {false, true}) {
      for (const Claim& claim : claims) {
        if (claim.is_blank != blank) continue;
        if (!best || ranks_before(claim, *best)) best = &claim;
      }
      if (best) return show(*best);
    }
    return nothing();
  }

  // Of two numbers, dates or options: -1, 0, 1.
  int compare(const Text& a, const Text& b) const {
    if (rule_.type == FieldType::enumeration) {
      const auto place = [&](const Text& value) {
        return std::find(rule_.options.begin(), rule_.options.end(), value);
      };
      return place(a) < place(b) ? -1 : place(a) > place(b);
    }
    if (is_number(rule_)) {
      return compare_decimals(normal_decimal(a).value_or("0"), normal_decimal(b).value_or("0"));
    }
    return a < b ? -1 : a > b;
  }

  Truth extreme(const std::vector<Claim>& claims) const {
    const Claim* best = nullptr;
    const int sign = rule_.rule == Rule::minimum ? 1 : -1;
    for (const Claim& claim : claims) {
      if (claim.values[member_].empty()) continue;
      if (!best || sign * compare(claim.values[member_], best->values[member_]) < 0) best = &claim;
    }
    return best ? show(*best) : nothing();
  }

  Truth by_authority(const std::vector<Claim>& claims) const {
    const std::size_t source = model_.system_of(rule_.source);
    const auto own = std::find_if(claims.begin(), claims.end(),
                                  [&](const Claim& claim) { return claim.system == source; });
    if (own != claims.end() && rule_.immutable) {
      std::vector<Claim> words = all_claims();
      std::erase_if(words, [&](const Claim& claim) { return claim.system != source; });
      const Claim& first = *std::min_element(words.begin(), words.end(), is_earlier);
      // Or what it had been given before it said anything itself.
      return {false, {all_blank(first.before) ? first.values[member_] : first.before[member_]}};
    }
    if (own != claims.end() && !(rule_.unless_blank && own->is_blank)) return show(*own);
    Truth truth = highest(claims);
    // What it came to hold from others counts as its word.
    if (own == claims.end() && !held_[source].empty()) {
      for (const Claim& claim : all_claims()) {
        if (kept(field_, source, claim.values[member_]) != held_[source]) continue;
        if (!rule_.unless_blank) truth.any_of.clear();
        truth.any_of.push_back(claim.values[member_]);
        break;
      }
    }
    return truth;
  }

  Truth united() const {
    if (sayings_.empty()) return nothing();
    std::map<std::string, Time> added, removed;
    for (const Saying* saying : sayings_) {
      const auto before = elements_of(saying->before);
      const auto after = elements_of(saying->value);
      for (const std::string& element : after) {
        if (std::count(before.begin(), before.end(), element) > 0) continue;
        Time& at = added.try_emplace(element, saying->stamp).first->second;
        at = std::max(at, saying->stamp);
      }
      for (const std::string& element : before) {
        if (std::count(after.begin(), after.end(), element) > 0) continue;
        Time& at = removed.try_emplace(element, saying->stamp).first->second;
        at = std::max(at, saying->stamp);
      }
    }
    std::vector<std::string> elements;
    bool is_open = false;
    for (const auto& [element, at] : added) {
      const auto gone = removed.find(element);
      const bool is_gone = gone != removed.end() && gone->second > at;
      is_open |= is_gone;
      if (!is_gone || rule_.removals != Removals::propagate) elements.push_back(element);
    }
    if (is_open && rule_.removals == Removals::escalate) return ask();
    return {false, {set_of(std::move(elements))}};
  }

  const Model& model_;
  const EntityModel& entity_;
  const FieldModel& field_;
  const Field& rule_;
  const std::vector<Text>& held_;
  std::size_t member_ = 0;
  std::vector<const Saying*> sayings_;  // by stamp
  const Answered* answer_ = nullptr;    // the last one
  std::map<std::size_t, Time> seen_;    // by any of them, by system
};

}  // namespace

Truth truth_of(const Model& model, const Chronicle& chronicle, Thing thing, std::size_t entity,
               std::size_t field, const std::vector<Text>& held) {
  return Judgement(model, chronicle, thing, entity, field, held).run();
}

}  // namespace truce::simulate
