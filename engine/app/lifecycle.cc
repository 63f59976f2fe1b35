// Deletes, restores and merges inside a system.
#include <algorithm>

#include "engine/app/ingestion.h"
#include "engine/app/migrating.h"
#include "engine/core/history/departure.h"
#include "engine/core/history/presence.h"
#include "engine/core/plan/merge_question.h"

namespace truce {
namespace {

constexpr int merge_hops_max = 32;
// A system that gives what it merged a new id tells of each that went into it, or the next night's
// snapshot does.
constexpr Duration one_merge_max = Duration::of_ms(std::int64_t{48} * 3'600'000);

SourceRecord find_or_make(Context& context, const Arrival& arrival, const RecordId& id) {
  auto known = context.store.find_source(arrival.system.name, arrival.entity.name, id);
  return known ? std::move(*known) : new_source(arrival, id);
}

// Puts the changed source into its golden record's state and derives it.
void derive_with(Context& context, const SourceRecord& source, Findings& findings) {
  context.store.put_source(source);
  if (source.golden.empty()) return;
  auto state = load_state(context, source.golden);
  if (!state) return;
  findings.golden = state->golden.id;
  findings.plan = derive(context, *state);
  findings.state = std::move(state);
}

// The record that a chain of merges ends in; nullopt: the chain comes back to `loser`.
std::optional<SourceRecord> survivor_of(Context& context, const Arrival& arrival,
                                        const RecordId& loser, const RecordId& merged_into) {
  SourceRecord winner = find_or_make(context, arrival, merged_into);
  for (int hop = 0; hop < merge_hops_max; ++hop) {
    if (winner.id == loser) return std::nullopt;
    if (winner.state != LinkState::merged) return winner;
    winner = find_or_make(context, arrival, winner.merged_into);
  }
  return std::nullopt;
}

// Systems in which both golden records have a living record of their own.
Json linked_apart_in(const RecordState& a, const RecordState& b, const SystemName& but) {
  Json systems = Json::array();
  for (const SourceRecord& source : a.sources) {
    if (source.system == but || source.state != LinkState::active || is_deleted(source)) continue;
    const SourceRecord* other = linked_source(b, source.system);
    if (other && !is_deleted(*other)) systems.push_back(source.system.text);
  }
  return systems;
}

// A record that took another's place in `golden`, and was linked to nothing before.
struct Heir {
  GoldenId golden;
  Time since;
};

std::string heir_name(const SourceRecord& record) {
  return "heir/" + record.system.text + '/' + record.entity.text + '/' + record.id.text;
}

void note_heir(Context& context, const SourceRecord& record, const Heir& heir) {
  const Json node{{"golden", heir.golden.text}, {"since", to_rfc3339(heir.since)}};
  context.store.put_meta(heir_name(record), to_wire(node));
}

void forget_heir(Context& context, const SourceRecord& record) {
  if (context.store.find_meta(heir_name(record))) context.store.put_meta(heir_name(record), "");
}

std::optional<Heir> find_heir(ReadView& store, const SourceRecord& record) {
  const Json node = json_of(store.find_meta(heir_name(record)).value_or(""));
  const auto since = parse_time(text_at(node, "since"));
  if (!since) return std::nullopt;
  return Heir{GoldenId(text_at(node, "golden")), *since};
}

// The record came with this merge: nothing else speaks for the place that it has.
std::optional<Heir> heir_of_one_merge(ReadView& store, const SourceRecord& record, Time at) {
  const auto heir = find_heir(store, record);
  const bool is_one =
      heir && heir->since <= at + one_merge_max && at <= heir->since + one_merge_max;
  return is_one ? heir : std::nullopt;
}

const SourceRecord* loser_of(const RecordState& state, const SourceRecord& survivor) {
  for (const SourceRecord& source : state.sources) {
    if (source.system == survivor.system && source.merged_into == survivor.id) return &source;
  }
  return nullptr;
}

ExceptionItem merge_item(const SourceRecord& merged, const RecordState& loser,
                         const RecordState& winner, Json apart_in) {
  ExceptionItem item;
  item.category = Category::merge;
  item.subject = "merge/" + loser.golden.id.text + '/' + winner.golden.id.text;
  item.entity = merged.entity;
  item.golden = winner.golden.id;
  item.system = merged.system;
  item.record = merged.id;
  item.actions = {"join", "keep_apart"};
  item.detail = {{"golden_ids", Json::array({loser.golden.id.text, winner.golden.id.text})},
                 {"merged", merged.id.text},
                 {merged_into_member, merged.merged_into.text},
                 {apart_in_member, std::move(apart_in)},
                 {"why", "both records are linked to different records elsewhere"}};
  return item;
}

// That both have a key in common follows from the merge, and is no question of its own.
void close_duplicate(Context& context, RecordState& loser, RecordState& winner) {
  auto item =
      context.store.unanswered_exception(duplicate_subject(loser.golden.id, winner.golden.id));
  if (!item) return;
  for (RecordState* state : {&loser, &winner}) {
    std::erase_if(state->items, [&](const ExceptionItem& held) { return held.id == item->id; });
  }
  close_item(context, std::move(*item), "truce", "asked as a merge");
}

// Takes the record out of its golden record, which is as it was without it.
void set_aside(Context& context, RecordState& state, SourceRecord record) {
  std::erase_if(state.sources, [&](const SourceRecord& source) {
    return source.system == record.system && source.id == record.id;
  });
  state.golden.no_create.push_back(record.system);
  std::erase(state.golden.unread_in, record.system);
  record.golden = GoldenId();
  record.state = LinkState::ambiguous;
  context.store.put_source(record);
  index_keys(context, *context.policy.entity(record.entity), {}, record, {});
}

// `heir`: the winner came with the merge.
void merge_linked(Context& context, const SourceRecord& loser, const SourceRecord& winner,
                  const std::optional<Heir>& heir, Time at, Findings& findings) {
  auto from = load_state(context, loser.golden);
  auto into = load_state(context, winner.golden.empty() ? heir->golden : winner.golden);
  if (!from || !into) return;
  for (SourceRecord& source : from->sources) {
    if (source.system == loser.system && source.id == loser.id) source = loser;
  }
  if (Json systems = linked_apart_in(*from, *into, loser.system); !systems.empty()) {
    // What was merged away must not be made again there while a person looks at it.
    from->golden.no_create.push_back(loser.system);
    if (heir && !winner.golden.empty()) {
      set_aside(context, *into, winner);
      if (from->golden.id < into->golden.id) std::swap(from, into);
      note_heir(context, winner, {into->golden.id, heir->since});
    }
    const SourceRecord* merged = loser_of(*from, winner);
    ExceptionItem item = merge_item(merged ? *merged : loser, *from, *into, std::move(systems));
    if (heir) item.detail[in_neither_member] = true;
    findings.items.push_back(open_item(context, std::move(item)));
    std::erase_if(into->items,
                  [&](const ExceptionItem& known) { return known.id == findings.items.back().id; });
    into->items.push_back(findings.items.back());
    close_duplicate(context, *from, *into);
    derive_noted(context, *from, "a merge inside its system is asked about");
    findings.kind = OutcomeKind::conflict;
  } else {
    join_goldens(context, *from, *into, at);
  }
  findings.golden = into->golden.id;
  findings.plan = derive(context, *into);
  findings.state = std::move(into);
}

// A snapshot that does not show the record says only that it is gone by then.
Observation observed_delete(const Arrival& arrival) {
  Observation told;
  told.order.at = arrival.at;
  told.order.version = arrival.event.version;
  const bool says_when = arrival.timed && arrival.event.event_id != snapshot_event_id;
  told.evidence = says_when ? Evidence::certain : Evidence::possible;
  told.event_key = arrival.key;
  told.actor = arrival.event.actor;
  told.received_at = arrival.received_at;
  return told;
}

}  // namespace

Findings take_delete(Context& context, Arrival& arrival) {
  Findings findings;
  SourceRecord source = find_or_make(context, arrival, arrival.id);
  findings.golden = source.golden;
  if (source.state == LinkState::merged) {
    findings.why = "it was merged; the loser's own delete is not a delete";
    return findings;
  }
  const bool was_deleted = is_deleted(source);
  SourceRecord after = source;
  join_delete(after, observed_delete(arrival));
  const bool is_echo = is_deleted(after) && !own_delete(after, arrival.system);
  if (!was_deleted && !is_echo && !source.golden.empty() &&
      is_held(context, arrival, GuardedChange::erase, findings)) {
    return findings;
  }
  source = std::move(after);
  if (is_echo) {
    findings.echoes = 1;
  } else if (!is_deleted(source)) {
    findings.stale = 1;
    findings.why = "the record was seen later";
  } else if (!was_deleted) {
    findings.applied = 1;
  }
  derive_with(context, source, findings);
  return findings;
}

Findings take_restore(Context& context, Arrival& arrival) {
  Findings findings;
  SourceRecord source = find_or_make(context, arrival, arrival.id);
  const bool was_deleted = is_deleted(source);
  const bool is_displaced = comes_back_displaced(context, source, arrival.at);
  if (is_displaced && arrival.event.record) return take_upsert(context, arrival);
  source.present_at = std::max(source.present_at.value_or(Time::beginning()), arrival.at);
  if (is_displaced) {
    stand_alone(source);
    context.store.put_source(source);
    findings.kind = OutcomeKind::incomplete;
    findings.why = "another record has taken its place: fetch the record and send it";
    return findings;
  }
  if (was_deleted && is_deleted(source)) {
    findings.stale = 1;
    findings.why = "the record was deleted later";
  } else if (was_deleted || source.state == LinkState::unlinked) {
    findings.applied = 1;
    auto state = source.golden.empty() ? std::nullopt : load_state(context, source.golden);
    if (state && source.state == LinkState::unlinked && !linked_source(*state, source.system)) {
      take_slot(context, *state, source);
      context.store.put_golden(state->golden);
    }
  }
  derive_with(context, source, findings);
  if (!arrival.event.record) {
    // It stands, but nobody has linked it yet: who it is, only its record says.
    if (source.golden.empty() && source.state == LinkState::active && !is_deleted(source)) {
      findings.kind = OutcomeKind::incomplete;
      findings.why = "an id without a record: fetch the record and send it";
    }
    return findings;
  }
  Findings upserted = take_upsert(context, arrival);
  upserted.applied += findings.applied;
  return upserted;
}

namespace {

// `at`: when that was.
Findings merge_away(Context& context, const Arrival& arrival, const RecordId& merged_into,
                    Time at) {
  Findings findings;
  SourceRecord loser = find_or_make(context, arrival, arrival.id);
  const auto winner = survivor_of(context, arrival, loser.id, merged_into);
  if (!winner) {
    findings.kind = OutcomeKind::rejected;
    findings.problems.push_back(
        {{}, Code::merge_cycle, "the merge leads back to the merged record"});
    return findings;
  }
  const auto departed = departed_at(loser);
  note_departure(loser, at);
  if (loser.state == LinkState::merged) {
    if (departed_at(loser) != departed) derive_with(context, loser, findings);
    return findings;
  }
  findings.applied = 1;
  const bool was_linked = !loser.golden.empty() && loser.state == LinkState::active;
  const auto heir = heir_of_one_merge(context.store, *winner, at);
  loser.state = LinkState::merged;
  loser.merged_into = winner->id;
  context.store.put_source(loser);
  close_settled_ambiguity(context, arrival.entity, loser);
  if (!was_linked) {
    findings.golden = winner->golden;
    return findings;
  }
  if (winner->golden.empty() && !heir) {
    SourceRecord moved = *winner;
    auto state = load_state(context, loser.golden);
    if (!state) return findings;
    // It was linked, or asked about, if anybody had ever shown all of it.
    const bool is_unread = moved.state == LinkState::active;
    take_slot(context, *state, moved);
    if (is_unread) state->golden.unread_in.push_back(moved.system);
    moved.present_at = std::max(moved.present_at.value_or(Time::beginning()), at);
    for (SourceRecord& source : state->sources) {
      if (source.system == moved.system && source.id == moved.id) source = moved;
    }
    context.store.put_source(moved);
    note_heir(context, moved, {state->golden.id, at});
    close_settled_ambiguity(context, arrival.entity, moved);
    index_keys(context, arrival.entity, *state, moved, {});
    findings.golden = state->golden.id;
    findings.plan = derive(context, *state);
    release_waiting(context, moved, true);
    findings.state = std::move(state);
  } else if (winner->golden == loser.golden) {
    derive_with(context, loser, findings);
  } else {
    merge_linked(context, loser, *winner, heir, at, findings);
  }
  return findings;
}

}  // namespace

namespace {

// It asks where this record belongs, which came with a merge.
bool asks_about(const ExceptionItem& item, const SourceRecord& record) {
  return find_member(item.detail, in_neither_member) && item.system == record.system &&
         text_at(item.detail, merged_into_member) == record.id.text;
}

}  // namespace

void place_heir(Context& context, const ExceptionItem& item, RecordState* joined) {
  if (!find_member(item.detail, in_neither_member)) return;
  auto record = find_carried(context, item.system, item.entity,
                             RecordId(text_at(item.detail, merged_into_member)));
  if (!record || record->state != LinkState::ambiguous) return;
  const bool is_asked_elsewhere =
      joined && std::any_of(joined->items.begin(), joined->items.end(),
                            [&](const ExceptionItem& open) { return asks_about(open, *record); });
  if (is_asked_elsewhere) return;
  const bool is_unread = record->fields.empty();
  forget_heir(context, *record);
  if (joined) {
    const Entity& entity = *context.policy.entity(item.entity);
    take_slot(context, *joined, *record);
    if (is_unread) joined->golden.unread_in.push_back(record->system);
    context.store.put_source(*record);
    index_keys(context, entity, *joined, *record, {});
    close_settled_ambiguity(context, entity, *record);
  } else if (is_unread) {
    stand_alone(*record);
    context.store.put_source(*record);
  } else {
    std::vector<GoldenId> goldens;
    for (const Json& id : item.detail.value("golden_ids", Json::array())) {
      goldens.emplace_back(id.get<std::string>());
    }
    ask_which(context, *record, goldens, "the records that were merged into it were kept apart");
  }
}

GoldenId take_unread(Context& context, const Arrival& arrival, SourceRecord& source,
                     std::optional<RecordState>& state, Findings& findings) {
  if (!state || !is_unread(*state, source)) return {};
  const GoldenId reserved = state->golden.id;
  std::erase(state->golden.unread_in, source.system);
  context.store.put_golden(state->golden);
  const auto golden = golden_by_keys(context, arrival);
  auto own = golden ? load_state(context, *golden) : std::nullopt;
  const SourceRecord* loser = loser_of(*state, source);
  if (!own || own->golden.id == reserved || !loser) return {};
  take_slot(context, *own, source);
  context.store.put_golden(own->golden);
  context.store.put_source(source);
  forget_heir(context, source);
  merge_linked(context, *loser, source, std::nullopt, departed_at(*loser).value_or(arrival.at),
               findings);
  state = load_state(context, source.golden);
  return findings.kind == OutcomeKind::conflict ? GoldenId() : reserved;
}

Findings take_merge(Context& context, Arrival& arrival) {
  return merge_away(context, arrival, arrival.event.merged_into, arrival.at);
}

Findings take_late_loser(Context& context, Arrival& arrival, SourceRecord loser) {
  const RecordId merged_into = loser.merged_into;
  const Time merged_at = departed_at(loser).value_or(arrival.at);
  loser.state = LinkState::active;
  forget_departure(loser);
  context.store.put_source(loser);
  Findings shown = take_upsert(context, arrival);
  Findings merged = merge_away(context, arrival, merged_into, merged_at);
  if (!shown.linked) {
    ++shown.stale;
    return shown;
  }
  merged.linked = true;
  merged.problems = std::move(shown.problems);
  merged.paused = std::move(shown.paused);
  return merged;
}

}  // namespace truce
