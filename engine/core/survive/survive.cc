#include "engine/core/survive/survive.h"

#include <algorithm>
#include <climits>

#include "engine/core/model/json.h"
#include "engine/core/normalize/set.h"
#include "engine/core/survive/contender.h"

namespace truce {
namespace {

// The latest decision on the members: one for each, made together.
struct DecisionTuple {
  const Decision* decision = nullptr;  // of the first member; seen, time and actor are the same
  std::vector<Value> values;
};

std::optional<DecisionTuple> latest_decision(const Members& members,
                                             const std::vector<Decision>& decisions) {
  DecisionTuple tuple;
  for (const Field* member : members) {
    const Decision* latest = latest_of(member->name, decisions);
    if (!latest) return std::nullopt;
    if (!tuple.decision) tuple.decision = latest;
    tuple.values.push_back(latest->value);
  }
  return tuple;
}

bool beats(const Decision& decision, const Contender& contender) {
  const auto seen = decision.seen.find(contender.system);
  return seen != decision.seen.end() && contender.order <= seen->second;
}

// When the latest of what it beat was said, also where the same systems have said something else
// since.
Time beaten_until(const Decision& decision, const Members& members,
                  const std::vector<SourceView>& sources) {
  if (decision.seen.empty()) return decision.decided_at;
  Time said = Time::beginning(), heard = Time::beginning();
  for (const auto& [system, order] : decision.seen) heard = std::max(heard, order.at);
  for (const SourceView& source : sources) {
    const auto seen = decision.seen.find(source.system->name);
    if (seen == decision.seen.end()) continue;
    for (const Field* member : members) {
      const Timeline* timeline = source.timeline(member->name);
      if (!timeline || !member->reads(source.system->name)) continue;
      for (const Assertion& word : timeline->assertions) {
        if (word.order <= seen->second) said = std::max(said, word.changed_at);
      }
    }
  }
  return said == Time::beginning() ? heard : said;
}

// A decision stands in for the assertions that it beat: at their latest time, and at the best rank
// of those that still stand.
Contender stand_in(const DecisionTuple& tuple, const Contenders& beaten, Time changed_at) {
  Contender contender;
  contender.values = tuple.values;
  contender.precedence = INT_MAX;
  contender.changed_at = changed_at;
  contender.changed_after = Time::beginning();
  contender.evidence = Evidence::certain;
  contender.actor = tuple.decision->actor;
  contender.provenance.resize(tuple.values.size());
  for (const Contender& one : beaten) {
    contender.precedence = std::min(contender.precedence, one.precedence);
    contender.changed_at = std::max(contender.changed_at, one.changed_at);
  }
  return contender;
}

// Decides one field or one group of fields.
class Survival {
 public:
  Survival(const Members& members, const std::vector<SourceView>& sources,
           const std::vector<Decision>& decisions)
      : members_(members),
        field_(*members.front()),
        sources_(sources),
        decision_(latest_decision(members, decisions)) {
    contenders_ =
        field_.rule == Rule::immutable ? all_words(field_, sources) : last_words(members, sources);
    if (decision_) apply_decision();
  }

  std::map<FieldName, Survivor> run() {
    const Verdict verdict = decide();
    return survivors(verdict);
  }

 private:
  void apply_decision() {
    Contenders open;
    for (Contender& contender : contenders_) {
      if (beats(*decision_->decision, contender))
        beaten_.push_back(std::move(contender));
      else
        open.push_back(std::move(contender));
    }
    reopened_ = std::any_of(open.begin(), open.end(), [&](const Contender& contender) {
      return contender.values != decision_->values;
    });
    contenders_ = std::move(open);
    contenders_.push_back(
        stand_in(*decision_, beaten_, beaten_until(*decision_->decision, members_, sources_)));
  }

  const Contender* decision_contender() const { return decision_ ? &contenders_.back() : nullptr; }

  Verdict decide() {
    if (decision_ && !reopened_) return decided();
    if (decision_ && (field_.rule == Rule::immutable || field_.immutable)) return decided();
    switch (field_.rule) {
      case Rule::recency:
        return keep_decision(decide_recency(field_, contenders_));
      case Rule::escalate:
        return keep_decision(decide_escalate(field_, contenders_));
      case Rule::precedence:
        return decide_precedence(contenders_);
      case Rule::minimum:
      case Rule::maximum:
        return decide_extreme(field_, contenders_);
      case Rule::immutable:
        return decide_immutable(contenders_);
      case Rule::source_of_truth:
        return decide_authority();
      case Rule::set_union:
        break;  // survive_union
    }
    return {};
  }

  Verdict decided() const {
    Verdict verdict;
    verdict.winner = decision_contender();
    verdict.why = "decided by " + decision_->decision->actor;
    for (const Contender& contender : contenders_) {
      if (&contender != verdict.winner) {
        verdict.losers.emplace_back(&contender, same_values(contender, *verdict.winner)
                                                    ? "says the same"
                                                    : "an operator's decision stands");
      }
    }
    return verdict;
  }

  // An open question shows the last decision's value.
  Verdict keep_decision(Verdict verdict) const {
    if (!verdict.contested || !decision_) return verdict;
    verdict.losers.emplace_back(verdict.winner, "not decided yet");
    verdict.winner = decision_contender();
    return verdict;
  }

  Verdict decide_authority() {
    bool linked = false;
    for (const SourceView& source : sources_) linked |= source.system->name == field_.source;
    authority_ = authority_word();
    if (decision_ && (!authority_ || beats(*decision_->decision, *authority_) ||
                      authority_->order.hash.empty())) {
      return decided();
    }
    return decide_source_of_truth(field_, contenders_, authority_ ? &*authority_ : nullptr, linked);
  }

  // What the authority holds is its word, also when it holds it from our write; a blank that the
  // policy reads as no assertion leaves its last value standing.
  std::optional<Contender> authority_word() const {
    std::optional<Contender> own;
    for (const Contender& contender : contenders_) {
      if (contender.system == field_.source && !contender.system.empty()) own = contender;
    }
    for (const SourceView& source : sources_) {
      if (source.system->name != field_.source || source.record->state != LinkState::active)
        continue;
      if (field_.immutable && members_.size() == 1) return first_held(source);
      Contender held;
      held.system = field_.source;
      held.precedence = source.system->precedence;
      for (const Field* member : members_) {
        const Timeline* timeline = source.timeline(member->name);
        if (!timeline || timeline->base.state != Base::State::known)
          return own ? own : held_before(source);
        held.values.push_back(timeline->base.word);
        held.provenance.push_back(timeline->base.provenance);
      }
      const bool all_blank = std::all_of(held.values.begin(), held.values.end(),
                                         [](const Value& value) { return value.is_null(); });
      if (all_blank && field_.blank == Blank::keep) return own ? own : held_before(source);
      if (own && (own->values == held.values || stands_again(source, *own, held))) return own;
      held.changed_at = held.provenance.front().changed_at;
      held.evidence = held.provenance.front().evidence;
      held.event_key = held.provenance.front().event_key;
      return held;
    }
    return own;
  }

  // Of every member in which they differ: a write stands where it was planned, so that a word
  // behind it was not known to it, whichever of the two arrived last.
  bool is_behind_our_writes(const SourceView& source, const Contender& own,
                            const Contender& held) const {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (same(own.values[i], held.values[i])) continue;
      const auto& entries = source.timeline(members_[i]->name)->entries;
      const auto last = std::find_if(entries.rbegin(), entries.rend(), [](const Entry& entry) {
        return entry.kind == EntryKind::assertion || entry.kind == EntryKind::write;
      });
      if (last == entries.rend() || last->kind != EntryKind::assertion) return false;
    }
    return true;
  }

  // What we wrote there is no word that overtakes the authority's own: it filled what the authority
  // had emptied, gave back an older word of its own, or was planned without knowing of this one.
  bool stands_again(const SourceView& source, const Contender& own, const Contender& held) const {
    if (own.left_blank || is_behind_our_writes(source, own, held)) return true;
    return std::all_of(held.provenance.begin(), held.provenance.end(), [&](const Provenance& word) {
      return word.system == field_.source && word.changed_at < own.changed_at;
    });
  }

  // What stood there before it was emptied, where all of it was our write: one whose fate was never
  // told too, if it was seen there.
  std::optional<Contender> held_before(const SourceView& source) const {
    Contender held;
    held.system = field_.source;
    held.precedence = source.system->precedence;
    for (const Field* member : members_) {
      const Write* last = nullptr;
      const Timeline* timeline = source.timeline(member->name);
      if (!timeline) return std::nullopt;
      for (const Entry& entry : timeline->entries) {
        if (entry.write && !entry.value.is_null()) last = entry.write;
      }
      if (!last) return std::nullopt;
      held.values.push_back(last->value);
      held.provenance.push_back(last->provenance);
    }
    held.changed_at = held.provenance.front().changed_at;
    held.evidence = held.provenance.front().evidence;
    held.event_key = held.provenance.front().event_key;
    return held;
  }

  // Seeded once: the first value that the authority ever held.
  std::optional<Contender> first_held(const SourceView& source) const {
    const Timeline* timeline = source.timeline(field_.name);
    if (!timeline) return std::nullopt;
    for (const Entry& entry : timeline->entries) {
      if (entry.value.is_null()) continue;
      const bool is_held = entry.kind == EntryKind::assertion || entry.write;
      if (!is_held) continue;
      Contender held;
      held.system = field_.source;
      held.precedence = source.system->precedence;
      held.values = {entry.write ? entry.write->value : entry.value};
      held.changed_at = entry.at;
      if (entry.write) {
        held.provenance = {entry.write->provenance};
        held.changed_at = entry.write->provenance.changed_at;
        held.event_key = entry.write->provenance.event_key;
      } else {
        held.order = entry.observation->order;
        held.evidence = entry.observation->evidence;
        held.event_key = entry.observation->event_key;
        held.provenance = {{field_.source, entry.at, held.evidence, held.event_key}};
      }
      return held;
    }
    return std::nullopt;
  }

  std::map<FieldName, Survivor> survivors(const Verdict& verdict) const {
    std::map<FieldName, Survivor> all;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Survivor& survivor = all[members_[i]->name];
      if (!verdict.winner) continue;
      survivor.field = golden_field(verdict, i);
      survivor.untimed = verdict.untimed;
      for (const auto& [loser, why] : verdict.losers) add_loser(survivor, loser_of(*loser, i, why));
      for (const Contender& loser : beaten_) {
        add_loser(survivor, loser_of(loser, i, "decided by " + decision_->decision->actor));
      }
    }
    if (verdict.winner) all[field_.name].question = question(verdict);
    if (verdict.winner && members_.size() > 1) add_incomplete(all);
    return all;
  }

  // Who is no candidate, because something of the tuple is not known, said the rest all the same.
  void add_incomplete(std::map<FieldName, Survivor>& all) const {
    for (const SourceView& source : sources_) {
      const Field* unknown = unknown_member(members_, source);
      if (!unknown || source.record->state != LinkState::active) continue;
      const std::string why =
          "what " + source.system->name.text + " holds of " + unknown->name.text + " is not known";
      for (const Field* member : members_) {
        const std::optional<Contender> word = last_word(*member, source);
        if (word) add_loser(all[member->name], loser_of(*word, 0, why));
      }
    }
  }

  static Loser loser_of(const Contender& contender, std::size_t i, const std::string& why) {
    return {contender.system, contender.values[i], contender.changed_at, contender.event_key, why};
  }

  // The assertion that the golden value names is none, also where the authority holds it from us.
  static void add_loser(Survivor& survivor, Loser loser) {
    const GoldenField& golden = *survivor.field;
    const bool named = loser.system == golden.system && loser.event_key == golden.event_key &&
                       same(loser.value, golden.value);
    if (!named) survivor.losers.push_back(std::move(loser));
  }

  GoldenField golden_field(const Verdict& verdict, std::size_t i) const {
    const Contender& winner = *verdict.winner;
    GoldenField field;
    const bool is_set = members_[i]->type == FieldType::set;
    field.value = is_set ? as_set({}, winner.values[i]) : winner.values[i];
    field.contested = verdict.contested;
    const Provenance& word = winner.provenance[i];
    field.system = word.system.empty() ? winner.system : word.system;
    field.changed_at = word.system.empty() ? winner.changed_at : word.changed_at;
    field.evidence = word.system.empty() ? winner.evidence : word.evidence;
    field.event_key = word.system.empty() ? winner.event_key : word.event_key;
    field.rule = winner.system.empty() ? "decision" : std::string(to_string(field_.rule));
    field.why = verdict.why;
    return field;
  }

  std::optional<Question> question(const Verdict& verdict) const {
    const bool immutable = field_.rule == Rule::immutable || field_.immutable;
    if (!verdict.contested && !immutable) return std::nullopt;
    Question question;
    question.category = immutable ? Category::immutable : Category::conflict;
    question.blocks = verdict.contested;
    bool differs = verdict.contested;
    for (const Contender& contender : asked(verdict)) {
      if (immutable && contender.values != verdict.winner->values) differs = true;
      question.candidates.push_back({contender.system, shown_value(contender), contender.changed_at,
                                     contender.evidence, contender.actor, contender.order});
    }
    if (!differs) return std::nullopt;
    if (decision_) question.base = shown_value(contenders_.back());
    if (members_.size() > 1) {
      for (const Field* member : members_) question.members.push_back(member->name);
      question.differs_in = differing_member();
    }
    return question;
  }

  // Immutable beside an authority asks about the authority's own later words only; everybody else's
  // is simply corrected back.
  Contenders asked(const Verdict& verdict) const {
    Contenders asked_about;
    for (const Contender& contender : contenders_) {
      if (contender.system.empty()) continue;
      if (field_.immutable && field_.rule == Rule::source_of_truth &&
          contender.system != field_.source) {
        continue;
      }
      asked_about.push_back(contender);
    }
    const bool listed = std::any_of(
        asked_about.begin(), asked_about.end(),
        [&](const Contender& contender) { return contender.values == verdict.winner->values; });
    if (!verdict.contested && !listed && !verdict.winner->system.empty()) {
      asked_about.push_back(*verdict.winner);
    }
    return asked_about;
  }

  FieldName differing_member() const {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      for (const Contender& contender : contenders_) {
        if (!same(contender.values[i], contenders_.front().values[i])) return members_[i]->name;
      }
    }
    return field_.name;
  }

  Value shown_value(const Contender& contender) const {
    if (members_.size() == 1) return contender.values.front();
    Json tuple = Json::object();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      tuple[members_[i]->name.text] = to_json(contender.values[i]);
    }
    return Value::of_text(to_wire(tuple));
  }

  const Members& members_;
  const Field& field_;
  const std::vector<SourceView>& sources_;
  std::optional<DecisionTuple> decision_;
  Contenders contenders_;  // the decision's stand-in last, where there is one
  Contenders beaten_;
  bool reopened_ = false;
  std::optional<Contender> authority_;
};

}  // namespace

const Decision* latest_of(const FieldName& field, const std::vector<Decision>& decisions) {
  const Decision* latest = nullptr;
  for (const Decision& decision : decisions) {
    if (decision.field == field && (!latest || std::tie(latest->decided_at, latest->id) <
                                                   std::tie(decision.decided_at, decision.id))) {
      latest = &decision;
    }
  }
  return latest;
}

std::vector<FieldName> tuple_of(const Entity& entity, const FieldName& field) {
  std::vector<FieldName> tuple{field};
  const Field* known = entity.field(field);
  if (!known || known->group.empty()) return tuple;
  for (const auto& [name, other] : entity.fields) {
    if (name != field && other.group == known->group) tuple.push_back(name);
  }
  return tuple;
}

std::map<SystemName, HistoryOrder> heard_of(const Entity& entity, const FieldName& field,
                                            const std::vector<SourceRecord>& sources) {
  std::map<SystemName, HistoryOrder> heard;
  const std::vector<FieldName> tuple = tuple_of(entity, field);
  for (const SourceRecord& source : sources) {
    for (const FieldName& member : tuple) {
      const auto history = source.fields.find(member);
      if (history == source.fields.end() || history->second.observations.empty()) continue;
      const HistoryOrder& last = history->second.observations.back().order;
      const auto [place, fresh] = heard.emplace(source.system, last);
      if (!fresh && place->second < last) place->second = last;
    }
  }
  return heard;
}

std::map<FieldName, Survivor> decide_question(const Members& members,
                                              const std::vector<SourceView>& sources,
                                              const std::vector<Decision>& decisions) {
  if (members.front()->rule != Rule::set_union) return Survival(members, sources, decisions).run();
  std::map<FieldName, Survivor> all;
  for (const Field* field : members) {
    all.emplace(field->name, survive_union(*field, sources, latest_of(field->name, decisions)));
  }
  return all;
}

int compare_values(const Field& field, const Value& a, const Value& b) {
  switch (field.type) {
    case FieldType::integer:
    case FieldType::decimal:
    case FieldType::money:
      return compare_decimals(a.key(), b.key());
    case FieldType::instant: {
      // As text, a longer fraction would sort before a shorter one.
      const auto x = parse_time(a.key()), y = parse_time(b.key());
      if (x && y) return *x < *y ? -1 : *y < *x ? 1 : 0;
      return a.key().compare(b.key());
    }
    case FieldType::enumeration: {
      const auto place = [&](const Value& value) {
        return std::find(field.options.begin(), field.options.end(), value.text()) -
               field.options.begin();
      };
      const auto difference = place(a) - place(b);
      if (difference != 0) return difference < 0 ? -1 : 1;
      return a.key().compare(b.key());
    }
    default:
      return a.key().compare(b.key());
  }
}

}  // namespace truce
