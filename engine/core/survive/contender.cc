#include "engine/core/survive/contender.h"

#include <algorithm>
#include <map>

namespace truce {
namespace {

std::vector<ValueHash> hash_of(const Contender& contender) {
  std::vector<ValueHash> hash;
  for (const Value& value : contender.values) hash.push_back(value_hash(value));
  return hash;
}

Provenance provenance_of(const Assertion& assertion, const SystemName& system) {
  return {system, assertion.changed_at, assertion.evidence, assertion.event_key};
}

Contender contender_of(const SourceView& source, const Assertion& assertion) {
  Contender contender;
  contender.system = source.system->name;
  contender.precedence = source.system->precedence;
  contender.skew = source.system->clock_skew;
  contender.values = {assertion.value};
  contender.changed_at = assertion.changed_at;
  contender.changed_after = assertion.changed_after;
  contender.evidence = assertion.evidence;
  contender.order = assertion.order;
  contender.event_key = assertion.event_key;
  contender.actor = assertion.actor;
  for (const Value& value : assertion.before) contender.before.push_back({value});
  contender.provenance = {provenance_of(assertion, contender.system)};
  return contender;
}

const Timeline* timeline_of(const SourceView& source, const Field& field) {
  return field.reads(source.system->name) ? source.timeline(field.name) : nullptr;
}

// The system's own last statement was a blank. What we wrote there since does not count: else
// filling the blank would give the word back to the value that was cleared, and taking it back
// again, for ever.
std::optional<Time> left_blank_at(const Timeline& timeline) {
  for (auto entry = timeline.entries.rbegin(); entry != timeline.entries.rend(); ++entry) {
    if (entry->kind == EntryKind::blank) return entry->at;
    if (entry->kind == EntryKind::assertion) break;
  }
  return std::nullopt;
}

// When our writes arrived, where the system has told itself.
std::map<const Write*, Time> told_arrivals(const Timeline& timeline) {
  std::map<const Write*, Time> arrivals;
  for (const Entry& entry : timeline.entries) {
    const bool is_told = entry.kind == EntryKind::echo && entry.write &&
                         entry.observation->evidence == Evidence::certain;
    if (is_told) arrivals.emplace(entry.write, entry.at);
  }
  return arrivals;
}

// What a system held of one member at a moment: not what we wrote over it since, which another's
// word decided and a later fact may decide otherwise. A picture of that very moment tells, also one
// from before a write that was on its way. nullopt: nothing was there yet that anybody knows of.
std::optional<std::pair<Value, Provenance>> held_at(const Timeline& timeline, const System& system,
                                                    Time at) {
  const auto arrivals = told_arrivals(timeline);
  std::optional<std::pair<Value, Provenance>> held, before;
  bool is_shown = false;
  for (const Entry& entry : timeline.entries) {
    const bool is_write = entry.kind == EntryKind::write;
    const auto arrival = is_write ? arrivals.find(entry.write) : arrivals.end();
    const bool is_told = arrival != arrivals.end();
    const Time since = is_told ? arrival->second : entry.at;
    if (since > at || (entry.kind == EntryKind::repeat && held)) continue;
    if (is_write && is_shown && !is_told) continue;
    // What was emptied before that is filled again, whether our write got there in time or not.
    if (entry.kind == EntryKind::blank && entry.at < at && held && !held->first.is_null()) continue;
    if (entry.kind == EntryKind::stale && held) {
      if (entry.at == at && before && same(entry.value, before->first)) held = before;
      continue;
    }
    before = std::move(held);
    is_shown = entry.observation && entry.at == at;
    if (entry.write) {
      held.emplace(entry.write->value, entry.write->provenance);
    } else {
      const Observation& seen = *entry.observation;
      held.emplace(entry.value, Provenance{system.name, entry.at, seen.evidence, seen.event_key});
    }
  }
  return held;
}

// When the system last said something of the tuple itself, and when that was heard of.
struct Said {
  Time at = Time::beginning();
  Time received_at = Time::beginning();
};
Said last_said(const Members& members, const SourceView& source) {
  Said last;
  for (const Field* member : members) {
    const Timeline* timeline = timeline_of(source, *member);
    if (!timeline || timeline->assertions.empty()) continue;
    const Assertion& assertion = timeline->assertions.back();
    if (assertion.changed_at < last.at) continue;
    last = {assertion.changed_at, timeline->entry_of(assertion.order)->observation->received_at};
  }
  return last;
}

// The system showed it just then.
bool was_shown(const Timeline& timeline, Time at) {
  return std::any_of(timeline.entries.begin(), timeline.entries.end(),
                     [at](const Entry& entry) { return entry.observation && entry.at == at; });
}

// Something stood there by then, or the system has shown since that nothing did; that our write
// stands there since says nothing of it.
bool was_told(const Timeline& timeline, const System& system, Time at) {
  if (held_at(timeline, system, at)) return true;
  const auto first =
      std::min_element(timeline.entries.begin(), timeline.entries.end(),
                       [](const Entry& one, const Entry& other) { return one.at < other.at; });
  return first != timeline.entries.end() && first->kind == EntryKind::blank;
}

// True where a write that is known to have arrived may have done so just then.
bool crosses_arrived(const Field& member, const SourceView& source, Time at) {
  const Duration skew = source.system->clock_skew;
  const auto& writes = source.record->fields.at(member.name).writes;
  const auto arrivals = told_arrivals(*timeline_of(source, member));
  return std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
    // One of unknown fate counts when it is known to have arrived.
    if (write.state != Write::State::acknowledged || arrivals.contains(&write)) return false;
    return write.handed_out_at - skew <= at && at <= *write.settled_at + skew;
  });
}

// True where a write that is on its way may have been there already when that was said, and would
// have put something else there.
bool crosses_flying(const Field& member, const SourceView& source, const Said& said) {
  const Timeline& timeline = *timeline_of(source, member);
  const auto& writes = source.record->fields.at(member.name).writes;
  return std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
    const bool went_out_before = write.handed_out_at - source.system->clock_skew <= said.at &&
                                 write.handed_out_at < said.received_at;
    if (write.state != Write::State::leased || !went_out_before) return false;
    const bool is_seen =
        std::any_of(timeline.entries.begin(), timeline.entries.end(), [&](const Entry& entry) {
          return entry.kind == EntryKind::echo && entry.write == &write &&
                 (entry.at <= said.at || entry.observation->evidence == Evidence::certain);
        });
    if (is_seen) return false;
    const auto held = held_at(timeline, *source.system, said.at);
    return !same(held ? held->first : Value::null(), write.value);
  });
}

bool asks_what_was_known(const Field& field) {
  return field.rule == Rule::escalate && field.when == EscalateWhen::concurrent;
}

// What the system held of all members at that time; nullopt where it is not known of one.
std::optional<std::vector<Value>> tuple_at(const Members& members, const SourceView& source,
                                           Time at) {
  std::vector<Value> values;
  for (const Field* member : members) {
    const auto held = held_at(*timeline_of(source, *member), *source.system, at);
    if (!held) return std::nullopt;
    values.push_back(held->first);
  }
  return values;
}

// The edits before the last one, of whichever member.
std::vector<Contender::Edit> earlier_edits(const Members& members, const SourceView& source,
                                           const HistoryOrder& last) {
  std::vector<Contender::Edit> edits;
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const Assertion& assertion : timeline_of(source, *members[i])->assertions) {
      if (assertion.order == last || assertion.before.empty()) continue;
      auto held = tuple_at(members, source, assertion.changed_at);
      if (!held) continue;
      Contender::Edit edit{assertion.changed_at, {}};
      for (const Value& before : assertion.before) {
        (*held)[i] = before;
        edit.before.push_back(*held);
      }
      edits.push_back(std::move(edit));
    }
  }
  return edits;
}

// The last assertion of the member that changed last gives the tuple its time and its past.
std::optional<Contender> last_tuple(const Members& members, const SourceView& source) {
  if (unknown_member(members, source)) return std::nullopt;
  std::optional<Contender> tuple;
  std::size_t latest = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Timeline* timeline = timeline_of(source, *members[i]);
    if (timeline->assertions.empty()) continue;
    Contender member = contender_of(source, timeline->assertions.back());
    if (!tuple || tuple->changed_at < member.changed_at) {
      tuple = std::move(member);
      latest = i;
    }
  }
  if (!tuple) return std::nullopt;
  std::vector<Value> values;
  std::vector<Provenance> provenance;
  for (const Field* member : members) {
    auto [value, whose] = held_at(*timeline_of(source, *member), *source.system, tuple->changed_at)
                              .value_or(std::pair<Value, Provenance>());
    values.push_back(std::move(value));
    provenance.push_back(std::move(whose));
  }
  const bool blank =
      std::all_of(values.begin(), values.end(), [](const Value& value) { return value.is_null(); });
  if (blank && members.front()->blank == Blank::keep) return std::nullopt;
  for (std::vector<Value>& held : tuple->before) {
    const Value before = held.front();
    held = values;
    held[latest] = before;
  }
  if (asks_what_was_known(*members.front())) {
    tuple->earlier_edits = earlier_edits(members, source, tuple->order);
  }
  for (const Provenance& member : provenance) {
    tuple->changed_at = std::max(tuple->changed_at, member.changed_at);
  }
  tuple->values = std::move(values);
  tuple->provenance = std::move(provenance);
  return tuple;
}

// The record was made again, or merged away, and in the living one of its system people emptied the
// field: that is the system's last statement, whichever record it was made in.
bool is_emptied_since(const Contender& word, const Field& field, const SourceView& dead,
                      const std::vector<SourceView>& sources) {
  if (dead.record->state == LinkState::active) return false;
  return std::any_of(sources.begin(), sources.end(), [&](const SourceView& source) {
    const bool is_living =
        source.system == dead.system && source.record->state == LinkState::active;
    const Timeline* timeline = is_living ? timeline_of(source, field) : nullptr;
    const auto emptied_at = timeline ? left_blank_at(*timeline) : std::nullopt;
    return emptied_at && *emptied_at > word.changed_at;
  });
}

// What a record said before it was merged away or left alone it still said; it counts only where no
// living record of its system says anything.
template <class Words>
Contenders words_of(const std::vector<SourceView>& sources, Words&& words) {
  Contenders found;
  std::vector<const System*> heard;
  for (const bool living : {true, false}) {
    for (const SourceView& source : sources) {
      if ((source.record->state == LinkState::active) != living) continue;
      if (!living && std::find(heard.begin(), heard.end(), source.system) != heard.end()) continue;
      const std::size_t before = found.size();
      words(source, found);
      if (living && found.size() > before) heard.push_back(source.system);
    }
  }
  return found;
}

}  // namespace

bool same_values(const Contender& a, const Contender& b) { return a.values == b.values; }

bool less_recent(const Contender& a, const Contender& b) {
  if (a.changed_at != b.changed_at) return a.changed_at < b.changed_at;
  if (a.precedence != b.precedence) return a.precedence > b.precedence;
  if (a.system != b.system) return a.system < b.system;
  return hash_of(a) < hash_of(b);
}

bool earlier(const Contender& a, const Contender& b) {
  if (a.changed_at != b.changed_at) return a.changed_at < b.changed_at;
  if (a.precedence != b.precedence) return a.precedence < b.precedence;
  if (a.system != b.system) return a.system < b.system;
  return hash_of(a) < hash_of(b);
}

bool ranks_before(const Contender& a, const Contender& b) {
  if (a.precedence != b.precedence) return a.precedence < b.precedence;
  if (a.system != b.system) return a.system < b.system;
  return hash_of(a) < hash_of(b);
}

std::optional<Contender> last_word(const Field& field, const SourceView& source) {
  const Timeline* timeline = timeline_of(source, field);
  if (!timeline || timeline->assertions.empty()) return std::nullopt;
  Contender contender = contender_of(source, timeline->assertions.back());
  contender.left_blank = left_blank_at(*timeline).has_value();
  if (asks_what_was_known(field)) {
    contender.earlier_edits = earlier_edits({&field}, source, contender.order);
  }
  return contender;
}

const Field* unknown_member(const Members& members, const SourceView& source) {
  const Said said = last_said(members, source);
  const auto is_unknown = [&](const Field* member) {
    const Timeline* timeline = timeline_of(source, *member);
    if (!timeline || !was_told(*timeline, *source.system, said.at)) return true;
    if (was_shown(*timeline, said.at)) return false;
    const bool is_lost = timeline->base.state == Base::State::unknown;
    return (is_lost && crosses_arrived(*member, source, said.at)) ||
           crosses_flying(*member, source, said);
  };
  const auto unknown = std::find_if(members.begin(), members.end(), is_unknown);
  return unknown == members.end() ? nullptr : *unknown;
}

Contenders last_words(const Members& members, const std::vector<SourceView>& sources) {
  return words_of(sources, [&](const SourceView& source, Contenders& found) {
    if (members.size() > 1) {
      if (auto tuple = last_tuple(members, source)) found.push_back(std::move(*tuple));
    } else if (auto word = last_word(*members.front(), source)) {
      word->left_blank |= is_emptied_since(*word, *members.front(), source, sources);
      found.push_back(std::move(*word));
    }
  });
}

Contenders all_words(const Field& field, const std::vector<SourceView>& sources) {
  return words_of(sources, [&](const SourceView& source, Contenders& found) {
    const Timeline* timeline = timeline_of(source, field);
    if (!timeline) return;
    for (const Assertion& assertion : timeline->assertions) {
      found.push_back(contender_of(source, assertion));
    }
  });
}

}  // namespace truce
