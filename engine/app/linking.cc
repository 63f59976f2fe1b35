#include <algorithm>
#include <set>

#include "engine/app/ingestion.h"
#include "engine/app/joined.h"
#include "engine/app/trail.h"
#include "engine/core/history/departure.h"

namespace truce {
namespace {

// A key that more records than these share tells nobody apart: whoever shows it is asked about,
// with these named. Each holder costs a look at its golden record.
constexpr std::size_t key_holders_max = 100;
// Of a system's writes on their way and in doubt; more than these are a large first import.
constexpr std::size_t doubts_looked_at_max = 1'000;
// The rest is released by the sweep (parking.cc).
constexpr std::size_t released_at_once_max = 1'000;

std::map<FieldName, Value> golden_values(const GoldenRecord& golden) {
  std::map<FieldName, Value> values;
  for (const auto& [name, field] : golden.fields) values.emplace(name, field.value);
  return values;
}

// By what its references mean now.
std::vector<TierKeys> keys_of(ReadView& store, const Entity& entity,
                              const std::map<FieldName, Value>& values) {
  if (!is_known_by_references(entity)) return match_keys(entity, values);
  std::map<FieldName, Value> meant;
  for (const auto& [name, value] : values) {
    const Field* field = entity.field(name);
    const bool is_reference = field && field->type == FieldType::reference && !value.is_null();
    meant.emplace_hint(
        meant.end(), name,
        is_reference ? Value::of_text(survivor_of(store, GoldenId(value.text())).text) : value);
  }
  return match_keys(entity, meant);
}

bool slot_taken(Context& context, const GoldenId& golden, const SystemName& system,
                const RecordId& id) {
  for (const SourceRecord& source : context.store.sources_of(golden)) {
    if (source.system == system && source.id != id && source.state == LinkState::active &&
        !is_deleted(source)) {
      return true;
    }
  }
  return false;
}

void add_match(Context& context, const Arrival& arrival, const KeyHolder& holder, std::size_t tier,
               const std::string& key, std::vector<Match>& matches) {
  const bool current = holder.current && !holder.golden.empty();
  const auto known = std::find_if(matches.begin(), matches.end(), [&](const Match& match) {
    return match.tier == tier && match.golden == holder.golden;
  });
  if (known != matches.end()) {
    known->current |= current;
    return;
  }
  Match match{holder.golden, tier, key, current, false};
  if (!holder.golden.empty()) {
    match.slot_taken = slot_taken(context, holder.golden, arrival.system.name, arrival.id);
  }
  matches.push_back(std::move(match));
}

std::vector<Match> find_matches(Context& context, const Arrival& arrival,
                                const std::vector<TierKeys>& keys) {
  std::vector<Match> matches;
  for (std::size_t tier = 0; tier < keys.size(); ++tier) {
    for (const std::string& key : keys[tier]) {
      for (const KeyHolder& holder :
           context.store.key_holders(arrival.entity.name, key, key_holders_max)) {
        if (holder.system == arrival.system.name && holder.record == arrival.id) continue;
        add_match(context, arrival, holder, tier, key, matches);
      }
    }
  }
  return matches;
}

std::function<TierKeys(const GoldenId&, std::size_t)> present_keys(Context& context,
                                                                   const Entity& entity) {
  return [&context, &entity](const GoldenId& id, std::size_t tier) -> TierKeys {
    const auto golden = context.store.find_golden(id);
    if (!golden) return {};
    const auto keys = keys_of(context.store, entity, golden_values(*golden));
    return tier < keys.size() ? keys[tier] : TierKeys();
  };
}

LinkDecision decide_by(Context& context, const Arrival& arrival,
                       const std::map<FieldName, Value>& values) {
  const auto keys = keys_of(context.store, arrival.entity, values);
  return decide_link(keys, find_matches(context, arrival, keys),
                     present_keys(context, arrival.entity));
}

// All of the records can be linked to it: a golden record has one of each system.
bool has_room_for(Context& context, const GoldenId& golden, const Json& records) {
  std::set<SystemName> systems;
  for (const Json& record : records) {
    if (!systems.insert(SystemName(record.value("system", ""))).second) return false;
  }
  return std::none_of(systems.begin(), systems.end(), [&](const SystemName& system) {
    return slot_taken(context, golden, system, RecordId());
  });
}

ExceptionItem ambiguous_item(Context& context, const SourceRecord& source,
                             const LinkDecision& decision) {
  ExceptionItem item;
  item.category = Category::ambiguous_match;
  item.subject = "ambiguous_match/" + source.entity.text + '/' +
                 decision.matches.front().key;  // of everybody who shares it
  item.entity = source.entity;
  item.system = source.system;
  item.record = source.id;
  Json records = Json::array();
  if (const auto known = context.store.unanswered_exception(item.subject)) {
    records = known->detail.value("records", Json::array());
  }
  const Json own{{"system", source.system.text}, {"id", source.id.text}};
  if (std::find(records.begin(), records.end(), own) == records.end()) records.push_back(own);
  Json goldens = Json::array();
  for (const Match& match : decision.matches) {
    if (match.golden.empty()) continue;
    goldens.push_back(match.golden.text);
    if (has_room_for(context, match.golden, records)) {
      item.actions.push_back("link:" + match.golden.text);
    }
  }
  item.actions.push_back("create");
  item.detail = {{"why", decision.why}, {"records", records}, {"golden_ids", goldens}};
  return item;
}

// It may have made a record in this system, and nobody knows yet which one.
bool is_create_in_doubt(const Delivery& delivery, const SystemName& system) {
  const bool is_out =
      delivery.state == DeliveryState::leased || delivery.state == DeliveryState::verifying;
  const bool is_given_up =
      delivery.operation == Operation::lookup &&
      (delivery.state == DeliveryState::dead || delivery.state == DeliveryState::discarded);
  // One with an id met another record, and made none.
  return (is_out || is_given_up) && delivery.attempt > 0 && delivery.system == system &&
         delivery.intended == Operation::create && delivery.record_id.empty();
}

// Writes of a create in flight become facts of the record that turned out to be its target, so that
// its first word is not taken for an edit.
void adopt_flying_create(const RecordState& state, SourceRecord& source) {
  for (const Delivery& delivery : state.deliveries) {
    if (!is_create_in_doubt(delivery, source.system)) continue;
    const auto fate =
        delivery.state == DeliveryState::leased ? Write::State::leased : Write::State::unknown;
    for (auto& [name, write] : writes_of(delivery, fate, std::nullopt)) {
      join(source.fields[name], write);
    }
  }
}

// Opens an item for every other golden record with this key, whose creates then wait, unless an
// earlier key tells them apart.
void name_duplicates(Context& context, const Entity& entity, const GoldenId& golden,
                     const std::vector<TierKeys>& own, std::size_t tier, const std::string& key) {
  const auto present = present_keys(context, entity);
  for (const KeyHolder& holder : context.store.key_holders(entity.name, key, key_holders_max)) {
    if (holder.golden.empty() || holder.golden == golden) continue;
    // While two records are being joined, the first's keys still name it.
    const auto other = context.store.find_golden(holder.golden);
    if (other && other->merged_into == golden) continue;
    bool told_apart = false;
    for (std::size_t before = 0; before < tier; ++before) {
      told_apart |= disagree(present(holder.golden, before), own[before]);
    }
    if (!told_apart) open_duplicate(context, entity, golden, holder.golden);
  }
}

// What the source shows of the fields that it may be known by.
std::map<FieldName, Value> held_values(const Context& context, const Entity& entity,
                                       const SourceRecord& source) {
  std::map<FieldName, Value> held;
  const System* system = context.policy.system(source.system);
  const auto look_at = [&](const FieldName& name) {
    const auto history = source.fields.find(name);
    const Field* field = entity.field(name);
    if (history == source.fields.end() || !field || !system) return;
    const auto timeline =
        timeline_while_linked(source, history->second, mark_of(context.policy), *system, *field);
    if (timeline->base.state == Base::State::known)
      held[name] = timeline->base.value;
    else if (!timeline->assertions.empty())
      held[name] = timeline->assertions.back().value;
  };
  for (const auto& tier : entity.match) {
    for (const FieldName& name : tier) look_at(name);
  }
  for (const auto& [name, also] : entity.match_also) {
    for (const FieldName& other : also) look_at(other);
  }
  return held;
}

// The record as it was before the changes that it tells of.
std::map<FieldName, Value> values_before(const Arrival& arrival, const SourceRecord& source) {
  std::map<FieldName, Value> values = arrival.record.fields;
  for (auto& [name, value] : values) {
    const auto history = source.fields.find(name);
    if (history == source.fields.end()) continue;
    const auto& observations = history->second.observations;
    const auto told = std::find_if(
        observations.begin(), observations.end(),
        [](const Observation& observation) { return observation.previous.has_value(); });
    if (told != observations.end()) value = *told->previous;
  }
  return values;
}

// The golden record for which we made this one, where its key was changed before its making was
// answered: it had that golden record's key before.
std::optional<RecordState> golden_made_for(Context& context, const Arrival& arrival,
                                           const SourceRecord& source) {
  const LinkDecision decision = decide_by(context, arrival, values_before(arrival, source));
  if (decision.kind != LinkDecision::Kind::link) return std::nullopt;
  auto state = load_state(context, decision.golden);
  if (!state) return std::nullopt;
  const bool is_ours = std::any_of(
      state->deliveries.begin(), state->deliveries.end(),
      [&](const Delivery& delivery) { return is_create_in_doubt(delivery, source.system); });
  if (!is_ours) return std::nullopt;
  return state;
}

}  // namespace

bool may_be_our_create(Context& context, const Arrival& arrival, const SourceRecord& source) {
  // It is asked for as long as a write would wait, and only where somebody hears the question. What
  // is fetched for it has no time and no id of its own, and is linked, with a history or without.
  const bool is_asked =
      !arrival.released && context.now < source.first_seen + arrival.system.history_wait;
  const bool is_told = arrival.event.occurred_at || !arrival.event.event_id.empty();
  if (!is_asked || !is_told) return false;
  if (!arrival.event.changed_at.empty() || !arrival.event.previous.empty()) return false;
  const auto keys = keys_of(context.store, arrival.entity, arrival.record.fields);
  if (!find_matches(context, arrival, keys).empty()) return false;
  for (const DeliveryState state : {DeliveryState::leased, DeliveryState::verifying}) {
    for (const Delivery& delivery :
         context.store.list_deliveries({state, arrival.system.name, 0, doubts_looked_at_max})) {
      if (delivery.entity == arrival.entity.name &&
          is_create_in_doubt(delivery, arrival.system.name)) {
        return true;
      }
    }
  }
  return false;
}

bool comes_back_displaced(Context& context, const SourceRecord& source, Time at) {
  return source.state == LinkState::unlinked && is_deleted(source) && at > *source.deleted_at &&
         !source.golden.empty() && slot_taken(context, source.golden, source.system, source.id);
}

void stand_alone(SourceRecord& source) {
  source.golden = GoldenId();
  source.state = LinkState::active;
  forget_departure(source);
}

RecordState make_golden(Context& context, const Entity& entity) {
  RecordState state;
  state.golden.id = GoldenId(context.ids.next("g"));
  state.golden.entity = entity.name;
  state.golden.created_at = context.now;
  state.golden.updated_at = context.now;
  // The store wants the golden record before anything that points to it.
  context.store.put_golden(state.golden);
  return state;
}

RecordState make_golden_apart(Context& context, const Entity& entity, const std::string& actor,
                              std::vector<GoldenId>& others) {
  RecordState state = make_golden(context, entity);
  const DecisionId id(context.ids.next("c"));
  for (const GoldenId& other : others) {
    Decision apart;
    apart.id = id;
    apart.field = FieldName(dismissed_prefix + duplicate_subject(state.golden.id, other));
    apart.note = fingerprint({});
    apart.decided_at = context.now;
    apart.actor = actor;
    state.golden.decisions.push_back(std::move(apart));
  }
  context.store.put_golden(state.golden);
  others.push_back(state.golden.id);
  return state;
}

namespace {

void adopt_refusals(Context& context, RecordState& state, const SourceRecord& source) {
  const std::string subject = refusals_of(source.system, source.entity, source.id);
  for (ExceptionItem& item : context.store.unanswered_exceptions_under(subject)) {
    if (item.record != source.id || item.golden == state.golden.id) continue;
    if (is_overtaken(item, source)) {
      close_item(context, std::move(item), "truce", "a later value was taken");
      continue;
    }
    item.golden = state.golden.id;
    context.store.put_exception(item);
    state.items.push_back(std::move(item));
  }
}

}  // namespace

void take_slot(Context& context, RecordState& state, SourceRecord& source) {
  for (SourceRecord& other : state.sources) {
    if (other.system != source.system || other.id == source.id) continue;
    if (other.state != LinkState::active) continue;
    other.state = LinkState::unlinked;
    context.store.put_source(other);
  }
  source.golden = state.golden.id;
  source.state = LinkState::active;
  forget_departure(source);
  adopt_flying_create(state, source);
  std::erase(state.golden.no_create, source.system);
  std::erase(state.golden.unread_in, source.system);
  const auto place =
      std::find_if(state.sources.begin(), state.sources.end(), [&](const SourceRecord& other) {
        return other.system == source.system && other.id == source.id;
      });
  if (place != state.sources.end())
    *place = source;
  else
    state.sources.push_back(source);
  std::sort(state.sources.begin(), state.sources.end(),
            [](const SourceRecord& a, const SourceRecord& b) {
              return std::tie(a.system, a.id) < std::tie(b.system, b.id);
            });
  adopt_refusals(context, state, source);
}

std::optional<GoldenId> golden_by_keys(Context& context, const Arrival& arrival) {
  const LinkDecision decision = decide_by(context, arrival, arrival.record.fields);
  if (decision.kind != LinkDecision::Kind::link) return std::nullopt;
  return decision.golden;
}

std::optional<RecordState> link_source(Context& context, const Arrival& arrival,
                                       SourceRecord& source, Findings& findings) {
  const LinkDecision decision = decide_by(context, arrival, arrival.record.fields);
  findings.why = decision.why;
  findings.linked = true;
  if (decision.kind == LinkDecision::Kind::link) {
    auto state = load_state(context, decision.golden);
    if (state) {
      if (const SourceRecord* gone = linked_source(*state, source.system)) {
        findings.why += "; it takes the place of '" + shown(gone->id.text) + "', deleted at " +
                        to_rfc3339(gone->deleted_at.value_or(context.now));
      }
      take_slot(context, *state, source);
      return state;
    }
  }
  if (decision.kind == LinkDecision::Kind::create && arrival.system.history_wait > Duration()) {
    if (auto state = golden_made_for(context, arrival, source)) {
      findings.why = "it is the record that was made for this one; its key was changed since";
      take_slot(context, *state, source);
      return state;
    }
  }
  // Whose it is, the merge says that went before it.
  if (decision.kind == LinkDecision::Kind::ambiguous && !source.merged_into.empty()) {
    findings.linked = false;
    return std::nullopt;
  }
  const bool asks = decision.kind == LinkDecision::Kind::ambiguous &&
                    arrival.entity.ambiguous != AmbiguousPolicy::create;
  if (!asks) {
    RecordState state = make_golden(context, arrival.entity);
    take_slot(context, state, source);
    return state;
  }
  findings.linked = false;
  if (arrival.entity.ambiguous == AmbiguousPolicy::skip) {
    source.state = LinkState::unlinked;
    findings.kind = OutcomeKind::unchanged;
    return std::nullopt;
  }
  source.state = LinkState::ambiguous;
  findings.kind = OutcomeKind::conflict;
  findings.items.push_back(open_item(context, ambiguous_item(context, source, decision)));
  return std::nullopt;
}

void ask_which(Context& context, const SourceRecord& source, const std::vector<GoldenId>& goldens,
               const std::string& why) {
  LinkDecision decision;
  decision.why = why;
  std::string key = source.system.text + '/' + source.id.text;
  for (const TierKeys& tier : held_keys(context, *context.policy.entity(source.entity), source)) {
    if (tier.empty()) continue;
    key = tier.front();
    break;
  }
  for (const GoldenId& golden : goldens) decision.matches.push_back({golden, 0, key, true, false});
  open_item(context, ambiguous_item(context, source, decision));
}

std::vector<TierKeys> held_keys(const Context& context, const Entity& entity,
                                const SourceRecord& source) {
  return keys_of(context.store, entity, held_values(context, entity, source));
}

void index_keys(Context& context, const Entity& entity, const RecordState& state,
                const SourceRecord& source, const std::map<FieldName, Value>& shown,
                const std::vector<TierKeys>& indexed) {
  std::vector<std::string> current, earlier;
  const auto current_keys = held_keys(context, entity, source);
  const auto shown_keys = keys_of(context.store, entity, shown);
  for (const TierKeys& keys : current_keys) {
    current.insert(current.end(), keys.begin(), keys.end());
  }
  for (const TierKeys& keys : shown_keys) {
    for (const std::string& key : keys) {
      const bool held_now = std::find(current.begin(), current.end(), key) != current.end();
      if (!held_now) earlier.push_back(key);
    }
  }
  if (earlier.empty() && current_keys == indexed) return;
  for (std::size_t tier = 0; tier < entity.match.size() && !source.golden.empty(); ++tier) {
    for (const std::string& key : current_keys[tier]) {
      name_duplicates(context, entity, state.golden.id, current_keys, tier, key);
    }
    for (const std::string& key : shown_keys[tier]) {
      if (std::find(current_keys[tier].begin(), current_keys[tier].end(), key) ==
          current_keys[tier].end()) {
        name_duplicates(context, entity, state.golden.id, current_keys, tier, key);
      }
    }
  }
  context.store.put_keys(entity.name, source.system, source.id, source.golden, current, earlier);
}

void close_settled_ambiguity(Context& context, const Entity& entity, const SourceRecord& source) {
  for (const TierKeys& keys : held_keys(context, entity, source)) {
    for (const std::string& key : keys) {
      auto item =
          context.store.unanswered_exception("ambiguous_match/" + entity.name.text + '/' + key);
      if (!item) continue;
      const Json records = item->detail.value("records", Json::array());
      const bool open = std::any_of(records.begin(), records.end(), [&](const Json& record) {
        const auto one = context.store.find_source(SystemName(record.value("system", "")),
                                                   entity.name, RecordId(record.value("id", "")));
        return one && one->state == LinkState::ambiguous;
      });
      if (!open) close_item(context, std::move(*item), "truce", "the facts settled it");
    }
  }
}

void release_waiting(Context& context, const SourceRecord& source, bool new_link) {
  if (source.golden.empty()) return;
  const std::string waits_for = reference_cause(source.system, source.entity, source.id);
  close_parked_question(context, waits_for, "the record came");
  for (const ParkedEvent& parked : context.store.parked_for(waits_for, released_at_once_max)) {
    context.store.unpark(parked.event_key);
    ingest_released(context, parked);
  }
  if (!new_link) return;
  for (const GoldenId& child : context.store.children_of(source.golden))
    derive_again(context, child, "a record that it refers to was linked");
}

void join_goldens(Context& context, RecordState& from, RecordState& into, Time at) {
  for (Delivery& delivery : from.deliveries) {
    if (delivery.state == DeliveryState::leased) continue;  // its holder settles it
    delivery.state = DeliveryState::withdrawn;
    delivery.settled_at = context.now;
    context.store.put_delivery(delivery);
  }
  std::vector<ExceptionItem> answered = from.items;
  std::erase_if(into.items, [&](const ExceptionItem& item) {
    const bool is_of_two = item.category == Category::duplicate || item.category == Category::merge;
    const Json ids = item.detail.value("golden_ids", Json::array());
    const bool asks =
        is_of_two && std::find(ids.begin(), ids.end(), Json(from.golden.id.text)) != ids.end();
    if (asks) answered.push_back(item);
    return asks;
  });
  for (const ExceptionItem& item : answered) {
    close_item(context, item, "truce", "the records were joined");
  }
  const Entity& entity = *context.policy.entity(into.golden.entity);
  for (SourceRecord& source : from.sources) {
    source.golden = into.golden.id;
    const bool taken = linked_source(into, source.system) != nullptr;
    if (source.state != LinkState::active || !taken) continue;
    source.state = LinkState::unlinked;
    note_departure(source, at, from.golden.id);
  }
  for (const SourceRecord& source : from.sources) {
    if (source.state != LinkState::active) continue;
    std::erase(into.golden.unread_in, source.system);
    if (is_unread(from, source)) into.golden.unread_in.push_back(source.system);
  }
  from.golden.merged_into = into.golden.id;
  ++from.golden.version;
  from.golden.updated_at = context.now;
  context.store.put_golden(from.golden);
  for (const SourceRecord& source : from.sources) {
    context.store.put_source(source);
    into.sources.push_back(source);
    index_keys(context, entity, into, source, {});
  }
  std::sort(into.sources.begin(), into.sources.end(),
            [](const SourceRecord& a, const SourceRecord& b) {
              return std::tie(a.system, a.id) < std::tie(b.system, b.id);
            });
  for (const RecordState* one : {&from, &into}) follow_later(context, one->golden.id);
  for (const ExceptionItem& item : answered) place_heir(context, item, &into);
  auto& decisions = into.golden.decisions;
  decisions.insert(decisions.end(), from.golden.decisions.begin(), from.golden.decisions.end());
  write_audit(context,
              {"link", into.golden.entity, into.golden.id, {}, {{"joined", from.golden.id.text}}});
  write_audit(
      context,
      {"link", into.golden.entity, from.golden.id, {}, {{"joined_into", into.golden.id.text}}});
}

}  // namespace truce
