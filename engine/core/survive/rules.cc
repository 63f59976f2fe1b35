// One function a rule. Each looks at the whole candidate set at once: pairwise comparison within a
// tolerance is not transitive for three systems, so its result would depend on the order of
// arrival.
#include <algorithm>

#include "engine/core/model/json.h"
#include "engine/core/survive/contender.h"

namespace truce {
namespace {

const Contender* extreme(const std::vector<const Contender*>& set,
                         bool (*before)(const Contender&, const Contender&)) {
  const Contender* best = nullptr;
  for (const Contender* contender : set) {
    if (!best || before(*contender, *best)) best = contender;
  }
  return best;
}

bool more_recent(const Contender& a, const Contender& b) { return less_recent(b, a); }

std::vector<const Contender*> pointers(const Contenders& contenders) {
  std::vector<const Contender*> all;
  for (const Contender& contender : contenders) all.push_back(&contender);
  return all;
}

void list_losers(Verdict& verdict, const Contenders& contenders, const std::string& why) {
  for (const Contender& contender : contenders) {
    const bool listed = std::any_of(verdict.losers.begin(), verdict.losers.end(),
                                    [&](const auto& loser) { return loser.first == &contender; });
    if (&contender != verdict.winner && !listed) verdict.losers.emplace_back(&contender, why);
  }
}

bool all_agree(const Contenders& contenders) {
  return std::all_of(contenders.begin(), contenders.end(), [&](const Contender& contender) {
    return same_values(contender, contenders.front());
  });
}

// The certain times against the possible ones: a possible change that may lie before the latest
// certain one is dropped; one that surely lies behind it wins.
std::vector<const Contender*> by_evidence(const Contenders& contenders) {
  std::optional<Time> certain;
  for (const Contender& contender : contenders) {
    if (contender.evidence == Evidence::certain) {
      certain = std::max(certain.value_or(Time::beginning()), contender.changed_at);
    }
  }
  std::vector<const Contender*> possible, sure;
  for (const Contender& contender : contenders) {
    if (contender.evidence == Evidence::certain)
      sure.push_back(&contender);
    else if (!certain || contender.changed_after >= *certain)
      possible.push_back(&contender);
  }
  return possible.empty() ? sure : possible;
}

// Something else stood there before, so it was changed and not only seen, and nobody said when.
bool is_untimed_change(const Contender& contender) {
  return contender.evidence == Evidence::possible && !contender.before.empty();
}

Time earliest_of(const Contender& contender) {
  return contender.evidence == Evidence::certain ? contender.changed_at : contender.changed_after;
}

UntimedWord untimed_word(const Contender& contender, Time since) {
  return {contender.system, since, contender.order.at};
}

// Where the winner, and a word that differs from it, may have been said in either order: those of
// the two whose time nobody told. What was there when the record was first seen is as old as it may
// be.
std::vector<UntimedWord> untimed_rivals(const Contenders& contenders, const Contender& winner) {
  std::vector<UntimedWord> rivals;
  for (const Contender& other : contenders) {
    const Duration skew = winner.skew + other.skew;
    const bool is_open = is_untimed_change(other) && !same_values(other, winner) &&
                         other.changed_at + skew >= earliest_of(winner);
    if (!is_open) continue;
    rivals.push_back(untimed_word(other, earliest_of(winner) - skew));
    if (is_untimed_change(winner))
      rivals.push_back(untimed_word(winner, earliest_of(other) - skew));
  }
  return rivals;
}

std::string name_of(const Contender& contender) {
  return contender.system.empty() ? "the operator's decision" : contender.system.text.str();
}

// True where the system held that value directly before its edit. Where it may have held another
// one, because a write of ours crossed the edit, nobody can say so.
bool knew_of(const std::vector<std::vector<Value>>& before, const Contender& earlier_one) {
  return !before.empty() &&
         std::all_of(before.begin(), before.end(), [&](const std::vector<Value>& held) {
           return held == earlier_one.values;
         });
}

// True where `later`, or an edit of its system before it, was made in knowledge of `earlier_one`.
bool was_made_knowing(const Contender& later, const Contender& earlier_one) {
  if (less_recent(earlier_one, later) && knew_of(later.before, earlier_one)) return true;
  return std::any_of(later.earlier_edits.begin(), later.earlier_edits.end(),
                     [&](const Contender::Edit& edit) {
                       return earlier_one.changed_at < edit.changed_at &&
                              knew_of(edit.before, earlier_one);
                     });
}

// Values that nobody edited away knowingly: what is left when every contender takes out the earlier
// ones whose value it stood on.
std::vector<const Contender*> not_superseded(const Contenders& contenders) {
  std::vector<const Contender*> left;
  for (const Contender& contender : contenders) {
    const bool superseded =
        std::any_of(contenders.begin(), contenders.end(), [&](const Contender& other) {
          return &other != &contender && !same_values(other, contender) &&
                 was_made_knowing(other, contender);
        });
    if (!superseded) left.push_back(&contender);
  }
  return left;
}

}  // namespace

Verdict decide_recency(const Field& field, const Contenders& contenders) {
  Verdict verdict;
  if (contenders.empty()) return verdict;
  const std::vector<const Contender*> set = by_evidence(contenders);
  const Contender* latest = extreme(set, more_recent);
  std::vector<const Contender*> tied;
  for (const Contender* contender : set) {
    if (latest->changed_at - contender->changed_at <= latest->skew + contender->skew ||
        contender == latest) {
      tied.push_back(contender);
    }
  }
  const bool differ = std::any_of(tied.begin(), tied.end(), [&](const Contender* contender) {
    return !same_values(*contender, *latest);
  });
  if (!differ) {
    verdict.winner = latest;
    verdict.why = name_of(*latest) + " changed it last";
    list_losers(verdict, contenders, "changed earlier, or perhaps earlier");
    verdict.untimed = untimed_rivals(contenders, *latest);
    return verdict;
  }
  if (field.on_tie == OnTie::escalate) {
    verdict.contested = true;
    verdict.winner = extreme(tied, earlier);
    verdict.why = "changed at the same time within the clocks' skew; a person decides";
    list_losers(verdict, contenders, "not decided yet");
    return verdict;
  }
  // Among those within the skew the rank decides; of one rank and system the latest.
  verdict.winner = tied.front();
  for (const Contender* contender : tied) {
    if (std::tie(contender->precedence, verdict.winner->changed_at) <
            std::tie(verdict.winner->precedence, contender->changed_at) ||
        (contender->precedence == verdict.winner->precedence &&
         more_recent(*contender, *verdict.winner))) {
      verdict.winner = contender;
    }
  }
  verdict.why = name_of(*verdict.winner) + " ranks first of those that changed it within the skew";
  for (const Contender* contender : tied) {
    if (contender != verdict.winner) {
      verdict.losers.emplace_back(contender,
                                  "changed at the same time within the skew, ranks lower");
    }
  }
  list_losers(verdict, contenders, "changed earlier, or perhaps earlier");
  verdict.untimed = untimed_rivals(contenders, *verdict.winner);
  return verdict;
}

Verdict decide_escalate(const Field& field, const Contenders& contenders) {
  Verdict verdict;
  if (contenders.empty()) return verdict;
  const auto all = pointers(contenders);
  if (all_agree(contenders)) {
    verdict.winner = extreme(all, earlier);
    verdict.why = "all systems agree";
    list_losers(verdict, contenders, "says the same");
    return verdict;
  }
  if (field.when == EscalateWhen::concurrent) {
    const auto left = not_superseded(contenders);
    const bool one = std::all_of(left.begin(), left.end(), [&](const Contender* contender) {
      return same_values(*contender, *left.front());
    });
    if (one) {
      verdict.winner = extreme(left, earlier);
      verdict.why = name_of(*verdict.winner) + " edited it knowing the other values";
      list_losers(verdict, contenders, "was edited knowingly");
      return verdict;
    }
  }
  verdict.contested = true;
  verdict.winner = extreme(all, earlier);
  verdict.why = "the systems disagree; a person decides";
  list_losers(verdict, contenders, "not decided yet");
  return verdict;
}

Verdict decide_precedence(const Contenders& contenders) {
  Verdict verdict;
  for (const Contender& contender : contenders) {
    if (contender.left_blank) continue;
    if (!verdict.winner || ranks_before(contender, *verdict.winner)) verdict.winner = &contender;
  }
  // All blank: what was filled in before they were cleared is filled in again.
  for (const Contender& contender : contenders) {
    if (verdict.winner && !verdict.winner->left_blank) break;
    if (!verdict.winner || ranks_before(contender, *verdict.winner)) verdict.winner = &contender;
  }
  if (!verdict.winner) return verdict;
  verdict.why = name_of(*verdict.winner) + " ranks highest of those with a value";
  for (const Contender& contender : contenders) {
    if (&contender == verdict.winner) continue;
    verdict.losers.emplace_back(&contender,
                                contender.left_blank ? "is blank there now" : "ranks lower");
  }
  return verdict;
}

Verdict decide_extreme(const Field& field, const Contenders& contenders) {
  Verdict verdict;
  const int sign = field.rule == Rule::minimum ? 1 : -1;
  for (const Contender& contender : contenders) {
    if (contender.values.front().is_null()) continue;
    if (!verdict.winner) {
      verdict.winner = &contender;
      continue;
    }
    const int compared =
        sign * compare_values(field, contender.values.front(), verdict.winner->values.front());
    if (compared < 0 || (compared == 0 && ranks_before(contender, *verdict.winner))) {
      verdict.winner = &contender;
    }
  }
  if (!verdict.winner && !contenders.empty())
    verdict.winner = extreme(pointers(contenders), earlier);
  if (!verdict.winner) return verdict;
  verdict.why = name_of(*verdict.winner) +
                (field.rule == Rule::minimum ? " has the least value" : " has the greatest value");
  list_losers(verdict, contenders,
              field.rule == Rule::minimum ? "is not the least" : "is not the greatest");
  return verdict;
}

Verdict decide_immutable(const Contenders& contenders) {
  Verdict verdict;
  verdict.winner = extreme(pointers(contenders), earlier);
  if (!verdict.winner) return verdict;
  verdict.why = name_of(*verdict.winner) + " set it first";
  list_losers(verdict, contenders, "was set later, and the field is immutable");
  return verdict;
}

Verdict decide_source_of_truth(const Field& field, const Contenders& contenders,
                               const Contender* authority, bool authority_linked) {
  Verdict verdict;
  const bool blank = authority && (authority->left_blank || authority->values.front().is_null());
  if (authority && !(field.unless_blank && blank)) {
    verdict.winner = authority;
    verdict.why = field.source.text + " is the source of truth";
    list_losers(verdict, contenders, field.source.text + " is the source of truth");
    for (auto& [loser, why] : verdict.losers) {
      if (loser->system != field.source) continue;
      why = field.immutable ? "was set later, and the field is immutable" : "stands there no more";
    }
    return verdict;
  }
  if (!authority && authority_linked && !field.unless_blank) return verdict;
  verdict = decide_precedence(contenders);
  if (!verdict.winner && authority) verdict.winner = authority;
  if (!verdict.winner) return verdict;
  verdict.why = field.source.text +
                (authority_linked ? " leaves it blank; " : " has no link yet; ") +
                name_of(*verdict.winner) + " ranks highest of those with a value";
  return verdict;
}

}  // namespace truce
