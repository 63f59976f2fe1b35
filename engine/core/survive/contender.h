// The candidates of one question, in the shape that the rules work on.
#pragma once

#include <vector>

#include "engine/core/survive/survive.h"

namespace truce {

// One candidate of a field, or of a group of fields: then it has one value for each member, all
// from one system. A decision is a contender too; it stands in for the assertions that it beat.
struct Contender {
  // An edit with the tuples that its system may have held directly before.
  struct Edit {
    Time changed_at;
    std::vector<std::vector<Value>> before;
  };
  SystemName system;  // empty: a decision
  int precedence = 0;
  Duration skew;
  std::vector<Value> values;
  Time changed_at;
  Time changed_after;
  Evidence evidence = Evidence::possible;
  HistoryOrder order;
  EventKey event_key;
  std::string actor;
  std::vector<std::vector<Value>> before;  // tuples that the system may have held directly before
  std::vector<Edit> earlier_edits;         // its system's own; under `when: concurrent` only
  bool left_blank = false;                 // the system's own last statement was a blank
  std::vector<Provenance> provenance;      // per member: whose word it is
};

using Contenders = std::vector<Contender>;

// The fields that are decided together: a group in the order of their names, or one field.
using Members = std::vector<const Field*>;

bool same_values(const Contender& a, const Contender& b);
// (changed_at, precedence, system, hash) with the better rank counting as greater: the total order
// of recency. `least` orders have the better rank first.
bool less_recent(const Contender& a, const Contender& b);
bool earlier(const Contender& a, const Contender& b);
// Better rank first, then system, then hash.
bool ranks_before(const Contender& a, const Contender& b);

// One system's last assertion of one field.
std::optional<Contender> last_word(const Field& field, const SourceView& source);
// The first member of which nobody knows what the system holds; then it is no candidate of the
// group.
const Field* unknown_member(const Members& members, const SourceView& source);
// Each linked system's last assertion of the members.
Contenders last_words(const Members& members, const std::vector<SourceView>& sources);
// All assertions ever (immutable); single fields only.
Contenders all_words(const Field& field, const std::vector<SourceView>& sources);

// What the rule decided over some contenders.
struct Verdict {
  const Contender* winner = nullptr;  // null: nobody says anything
  bool contested = false;             // `winner` is shown, a person is asked
  std::string why;
  std::vector<std::pair<const Contender*, std::string>> losers;
  // Recency: who may have changed it last after all, had their times been told.
  std::vector<UntimedWord> untimed;
};

Verdict decide_recency(const Field& field, const Contenders& contenders);
Verdict decide_escalate(const Field& field, const Contenders& contenders);
Verdict decide_precedence(const Contenders& contenders);
Verdict decide_extreme(const Field& field, const Contenders& contenders);
Verdict decide_immutable(const Contenders& contenders);
// `authority` is what the authority holds (its word), or null while it has no link or says nothing.
Verdict decide_source_of_truth(const Field& field, const Contenders& contenders,
                               const Contender* authority, bool authority_linked);

// The decision on this field that counts; null: there is none.
const Decision* latest_of(const FieldName& field, const std::vector<Decision>& decisions);
// survive.cc: decides one question, that is one field or a group's fields; an entry for each member.
std::map<FieldName, Survivor> decide_question(const Members& members,
                                              const std::vector<SourceView>& sources,
                                              const std::vector<Decision>& decisions);

// The union of a set field; nothing here is contested but removals under `escalate`.
Survivor survive_union(const Field& field, const std::vector<SourceView>& sources,
                       const Decision* decision);

}  // namespace truce
