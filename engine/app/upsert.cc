#include <algorithm>

#include "engine/app/ingestion.h"
#include "engine/app/joined.h"
#include "engine/app/moved_places.h"
#include "engine/app/untimed.h"
#include "engine/app/watch_shapes.h"
#include "engine/core/history/departure.h"
#include "engine/core/survive/contender.h"

namespace truce {

SourceRecord new_source(const Arrival& arrival, const RecordId& id) {
  SourceRecord source;
  source.system = arrival.system.name;
  source.entity = arrival.entity.name;
  source.id = id;
  source.first_seen = arrival.received_at;
  return source;
}

Observation observe(const Arrival& arrival, const Field& field, const Value& value) {
  const MapEntry& entry = field.map.at(arrival.system.name);
  Observation observation;
  observation.order = {arrival.at, arrival.event.version, value_hash(value)};
  observation.value = value;
  observation.event_key = arrival.key;
  observation.actor = arrival.event.actor;
  observation.received_at = arrival.received_at;
  for (const std::string& name : arrival.event.changed) {
    if (names_field(name, field, entry)) observation.evidence = Evidence::certain;
  }
  for (const auto& [name, at] : arrival.event.changed_at) {
    if (!names_field(name, field, entry)) continue;
    observation.evidence = Evidence::certain;
    observation.order.at = std::min(at, arrival.received_at + arrival.system.max_future_skew);
  }
  for (const auto& [name, raw] : arrival.event.previous) {
    if (!names_field(name, field, entry)) continue;
    observation.evidence = Evidence::certain;
    auto previous = to_canonical(arrival.system, field, entry, raw);
    if (previous) observation.previous = std::move(*previous);
  }
  if (!arrival.timed && arrival.event.changed_at.empty()) observation.evidence = Evidence::possible;
  return observation;
}

bool resolve_references(ReadView& store, Arrival& arrival, std::string& waits_for) {
  std::vector<FieldName> left_out;
  for (auto& [name, value] : arrival.record.fields) {
    const Field& field = *arrival.entity.field(name);
    if (field.type != FieldType::reference || value.is_null()) continue;
    const RecordId id(value.text());
    const auto parent = store.find_source(arrival.system.name, field.entity, id);
    if (!parent || parent->golden.empty() || parent->state == LinkState::ambiguous) {
      left_out.push_back(name);
      if (waits_for.empty()) waits_for = reference_cause(arrival.system.name, field.entity, id);
      continue;
    }
    value = Value::of_text(referred_to(store, *parent).text);
  }
  if (arrival.missing_parent == MissingParent::wait) return left_out.empty();
  for (const FieldName& name : left_out) arrival.record.fields.erase(name);
  return true;
}

std::optional<FieldProblem> missing_required(const Arrival& arrival) {
  for (const auto& [name, field] : arrival.entity.fields) {
    if (!field.required || !field.map.contains(arrival.system.name)) continue;
    const auto value = arrival.record.fields.find(name);
    if (value != arrival.record.fields.end() && !value->second.is_null()) continue;
    return FieldProblem{name, Code::required,
                        "a new record needs '" + name.text + "'; it is blank or was refused"};
  }
  return std::nullopt;
}

namespace {

// Whether it is news of a field of which something is known there: not what was seen last, not our
// own write coming back, and not a picture from before it.
bool changes(const Context& context, const Arrival& arrival, const Field& field,
             const FieldHistory& history, const Value& value) {
  const auto& seen = history.observations;
  const bool is_seen_last =
      !seen.empty() && same(seen.back().value, value) &&
      (history.writes.empty() || history.writes.back().handed_out_at < seen.back().received_at);
  if (is_seen_last) return false;
  const Base& base =
      remembered_timeline(history, mark_of(context.policy), arrival.system, field)->base;
  if (base.state == Base::State::never) return false;
  const bool is_held =
      base.state == Base::State::known &&
      same(held_reference(context.store, arrival.system.name, field, base.value), value);
  if (is_held) return false;
  FieldHistory after = history;
  const Observation observation = observe(arrival, field, value);
  join(after, observation);
  const Timeline timeline = read_timeline(after, arrival.system, field);
  const Entry* entry = timeline.entry_of(observation.order);
  const bool is_word =
      entry && (entry->kind == EntryKind::assertion || entry->kind == EntryKind::blank);
  return is_word && timeline.is_current(*entry);
}

}  // namespace

std::optional<GuardedChange> guarded_change(const Context& context, const Arrival& arrival,
                                            const SourceRecord& source) {
  std::optional<GuardedChange> change;
  for (const auto& [name, value] : arrival.record.fields) {
    const auto history = source.fields.find(name);
    if (history == source.fields.end()) continue;
    const Field& field = *arrival.entity.field(name);
    if (!changes(context, arrival, field, history->second, value)) continue;
    if (value.is_null()) return GuardedChange::clear;
    change = GuardedChange::change;
  }
  return change;
}

namespace {

struct Joined {
  HistoryOrder order;
  bool was_known = false;  // another event had told all of it
};

bool is_known(const FieldHistory& history, const Observation& said) {
  const auto& all = history.observations;
  return std::any_of(all.begin(), all.end(), [&](const Observation& known) {
    return known.order == said.order && known.evidence == said.evidence &&
           (!said.previous || (known.previous && same(*known.previous, *said.previous)));
  });
}

// Gives where each of them stands in its history.
std::map<FieldName, Joined> join_observations(Context& context, const Arrival& arrival,
                                              SourceRecord& source) {
  std::map<FieldName, Joined> joined;
  for (const auto& [name, value] : arrival.record.fields) {
    const Field& field = *arrival.entity.field(name);
    FieldHistory& history = source.fields[name];
    const Observation observation = observe(arrival, field, value);
    joined.emplace_hint(joined.end(), name,
                        Joined{observation.order, is_known(history, observation)});
    join(history, observation);
    compact_when_grown(history, arrival.system, field, context.history_horizon());
  }
  source.present_at = std::max(source.present_at.value_or(Time::beginning()), arrival.at);
  return joined;
}

// The event lists what changed then. A field that it does not list, and shows with another value,
// was changed by an event that was lost or is late. So it is with an event that lists nothing, of a
// system that would tell if it were asked.
bool history_may_tell(const Arrival& arrival) {
  if (!arrival.event.changed_at.empty()) return false;
  return !arrival.event.changed.empty() || arrival.system.history_wait > Duration();
}

// The event leaves out a part of the field group that it says something of, and while our write of
// that part is on its way nobody knows what stands there.
bool leaves_tuple_open(std::size_t policy_mark, const Arrival& arrival, const SourceRecord& source,
                       const Field& said) {
  if (said.group.empty()) return false;
  Members members;
  SourceView view{&source, &arrival.system, {}};
  for (const auto& [name, field] : arrival.entity.fields) {
    if (field.group != said.group) continue;
    // What it says of the group counts nowhere.
    if (!field.reads(arrival.system.name)) return false;
    const auto history = source.fields.find(name);
    if (history == source.fields.end()) continue;
    members.push_back(&field);
    view.readings.push_back(
        {&field, remembered_timeline(history->second, policy_mark, arrival.system, field)});
  }
  const Field* unknown = unknown_member(members, view);
  return unknown && !arrival.record.fields.contains(unknown->name) &&
         view.timeline(unknown->name)->base.state != Base::State::never;
}

// The record that it refers to was merged with the one before, and the system moved it along.
bool moved_along(const Context& context, const Field& field, const SystemName& system,
                 const Entry& entry) {
  return field.type == FieldType::reference && !entry.before.empty() &&
         std::all_of(entry.before.begin(), entry.before.end(), [&](const Value& before) {
           return same(held_reference(context.store, system, field, before), entry.value);
         });
}

// What each field of the event was taken for, now that it is in the history.
void classify(const Context& context, const Arrival& arrival, const SourceRecord& source,
              const std::map<FieldName, Joined>& joined, Findings& findings) {
  const std::size_t policy_mark = mark_of(context.policy);
  for (const auto& [name, told] : joined) {
    const Field& field = *arrival.entity.field(name);
    const auto timeline =
        remembered_timeline(source.fields.at(name), policy_mark, arrival.system, field);
    const Entry* entry = timeline->entry_of(told.order);
    if (!entry) continue;
    if (entry->kind == EntryKind::stale || !timeline->is_current(*entry)) {
      ++findings.stale;
    } else if (entry->kind == EntryKind::echo) {
      ++findings.echoes;
    } else if (moved_along(context, field, arrival.system.name, *entry)) {
      continue;
    } else if (entry->kind == EntryKind::assertion || entry->kind == EntryKind::blank) {
      findings.applied += !told.was_known;
      findings.guessed += (history_may_tell(arrival) && is_untimed(*entry)) ||
                          leaves_tuple_open(policy_mark, arrival, source, field);
    }
  }
}

// A value that was refused says more than that it is missing.
Findings reject_new(const Arrival& arrival, FieldProblem missing) {
  Findings findings;
  findings.kind = OutcomeKind::rejected;
  findings.why = missing.message;
  findings.problems = arrival.record.problems;
  const bool is_refused =
      std::any_of(findings.problems.begin(), findings.problems.end(),
                  [&](const FieldProblem& problem) { return problem.field == missing.field; });
  if (!is_refused) findings.problems.insert(findings.problems.begin(), std::move(missing));
  return findings;
}

Findings park(Context& context, const Arrival& arrival, const std::string& waits_for) {
  Findings findings;
  findings.kind = OutcomeKind::parked;
  findings.why = "waits for " + waits_for;
  context.store.park({arrival.key, waits_for, arrival.received_at, arrival.raw});
  return findings;
}

// What it says of itself since it was merged away or left alone is no word of the golden record
// that it was linked to. True where nothing else is left of it.
bool leave_out_since_departure(Arrival& arrival, const SourceRecord& source) {
  const auto departed = departed_at(source);
  if (!departed || source.golden.empty() || arrival.record.fields.empty()) return false;
  std::erase_if(arrival.record.fields, [&](const auto& said) {
    const Field& field = *arrival.entity.field(said.first);
    return observe(arrival, field, said.second).order.at > *departed;
  });
  return arrival.record.fields.empty();
}

Findings take_departed(Context& context, const Arrival& arrival, SourceRecord source,
                       Findings findings) {
  source.present_at = std::max(source.present_at.value_or(Time::beginning()), arrival.at);
  context.store.put_source(source);
  findings.golden = source.golden;
  const bool is_merged = source.state == LinkState::merged;
  findings.kind = is_merged ? OutcomeKind::stale : OutcomeKind::unchanged;
  findings.why = (is_merged ? "it was merged into '" + shown(source.merged_into.text) + '\''
                            : "another record of its system stands in its place") +
                 " since " + to_rfc3339(*departed_at(source)) +
                 ": what it says since then is no word of this record";
  return findings;
}

}  // namespace

Findings take_upsert(Context& context, Arrival& arrival) {
  Findings findings;
  if (arrival.event.record) findings.paused = watch_shapes(context, arrival);
  findings.problems = arrival.record.problems;
  if (!arrival.event.record) {
    findings.kind = OutcomeKind::incomplete;
    findings.why = "an id without a record: fetch the record and send it";
    return findings;
  }
  findings.guessed = arrival.event.wants_whole;
  auto known = context.store.find_source(arrival.system.name, arrival.entity.name, arrival.id);
  const bool is_whole = !arrival.event.partial && !missing_required(arrival);
  if (is_whole && known && known->golden.empty() && known->state == LinkState::merged) {
    return take_late_loser(context, arrival, std::move(*known));
  }
  if (known && comes_back_displaced(context, *known, arrival.at)) stand_alone(*known);
  const bool is_new = !known || (known->golden.empty() && known->state == LinkState::active);
  if (is_new && !arrival.event.partial) {
    if (const auto missing = missing_required(arrival)) return reject_new(arrival, *missing);
  }
  if (known && leave_out_since_departure(arrival, *known)) {
    return take_departed(context, arrival, std::move(*known), std::move(findings));
  }
  if (arrival.record.fields.empty() && !findings.problems.empty()) {
    findings.kind = OutcomeKind::rejected;
    if (known) findings.golden = known->golden;
    return findings;
  }
  std::string waits_for;
  if (!resolve_references(context.store, arrival, waits_for))
    return park(context, arrival, waits_for);

  SourceRecord source = known ? std::move(*known) : new_source(arrival, arrival.id);
  if (!is_new) {
    const auto change = guarded_change(context, arrival, source);
    if (change && is_held(context, arrival, *change, findings)) return findings;
  }
  std::optional<RecordState> state;
  if (!source.golden.empty()) state = load_state(context, source.golden);
  if (known && !arrival.event.partial) take_unread(context, arrival, source, state, findings);
  std::vector<TierKeys> indexed;
  if (!is_new && source.state == LinkState::active) {
    indexed = held_keys(context, arrival.entity, source);
  }
  if (!is_new) doubt_former_writes(context, source);
  const auto joined = join_observations(context, arrival, source);
  const bool gone = is_deleted(source);
  // A late word of a record that was deleted before anybody linked it resurrects nothing.
  if (is_new && gone) {
    context.store.put_source(source);
    findings.kind = OutcomeKind::stale;
    findings.guessed = 0;
    findings.why = "the record was deleted later";
    return findings;
  }
  // A change of a record that nobody has shown yet. What it says is kept; what it does not say
  // might be the key by which the record is known elsewhere, so linking waits for the whole of it.
  if (is_new && arrival.event.partial) {
    context.store.put_source(source);
    findings.kind = OutcomeKind::incomplete;
    findings.why = "a change of a record that is not known yet: fetch the record and send it";
    return findings;
  }
  if (is_new && may_be_our_create(context, arrival, source)) {
    context.store.put_source(source);
    findings.kind = OutcomeKind::incomplete;
    findings.why =
        "it may be a record that is being made for another one: fetch it with its field history";
    return findings;
  }
  const bool to_link = is_new || source.state == LinkState::ambiguous;
  if (is_new) state = link_source(context, arrival, source, findings);
  if (state && !is_new) {
    for (SourceRecord& other : state->sources) {
      if (other.system == source.system && other.id == source.id) other = source;
    }
  }
  context.store.put_source(source);
  findings.golden = state ? state->golden.id : GoldenId();
  if (state) {
    if (source.state == LinkState::merged || gone) {
      ++findings.stale;
      findings.guessed = 0;
    } else {
      classify(context, arrival, source, joined, findings);
    }
    // Somebody works with the record: it goes wherever the policy makes it.
    if (findings.applied > 0) {
      std::erase_if(state->golden.unread_in,
                    [&](const SystemName& name) { return !linked_source(*state, name); });
    }
    index_keys(context, arrival.entity, *state, source, arrival.record.fields, indexed);
    findings.plan = derive(context, *state, {.paused = findings.paused});
    findings.state = std::move(state);
    if (findings.linked) release_waiting(context, source, true);
  } else if (to_link) {
    index_keys(context, arrival.entity, {}, source, arrival.record.fields);
    if (source.state == LinkState::ambiguous) findings.kind = OutcomeKind::conflict;
  }
  return findings;
}

}  // namespace truce
