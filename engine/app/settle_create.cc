// Results of creates.
#include <algorithm>

#include "engine/app/migrating.h"
#include "engine/app/settling.h"
#include "engine/core/history/departure.h"

namespace truce {

Result<void> Settling::created() {
  RecordId id = result_.record_id;
  if (id.empty() && shown_) id = shown_->record.id.value_or(RecordId());
  if (id.empty()) {
    return fail(Code::required, "a create is settled with the new record's id", "/record_id");
  }
  delivery_.record_id = id;
  SourceRecord source = find_or_make(id);
  if (!claim_for_golden(source)) return finish(DeliveryState::delivered);
  acknowledge(source, delivery_.fields);
  source.present_at = std::max(source.present_at.value_or(Time::beginning()),
                               delivery_.handed_out_at.value_or(context_.now));
  join_stored(source);
  store_linked(source);
  const auto done = finish(DeliveryState::delivered);
  release_waiting(context_, source, true);
  return done;
}

SourceRecord Settling::find_or_make(const RecordId& id) {
  if (SourceRecord* known = target_of(state_, delivery_)) return *known;
  auto known = find_carried(context_, system_.name, entity_.name, id);
  if (known) return std::move(*known);
  SourceRecord source;
  source.system = system_.name;
  source.entity = entity_.name;
  source.id = id;
  source.first_seen = context_.now;
  return source;
}

bool Settling::claim_for_golden(SourceRecord& source) {
  GoldenId joined;
  if (!source.golden.empty() && source.golden != state_.golden.id) {
    auto other = load_state(context_, source.golden);
    if (other && other->golden.id != state_.golden.id) {
      if (other->sources.size() > 1) {
        name_both(source, other->golden.id);
        return false;
      }
      // Nothing but our own new record: it came as an event before it came as a result.
      join_goldens(context_, *other, state_, context_.now);
      joined = other->golden.id;
    }
    source.golden = state_.golden.id;
  }
  const SourceRecord* in_slot = linked_source(state_, source.system);
  if (in_slot && in_slot->id != source.id && !is_deleted(*in_slot)) {
    name_both(source, state_.golden.id);
    source.golden = state_.golden.id;
    source.state = LinkState::unlinked;
    note_departure(source, context_.now, joined);
    drop_adopted_writes(in_slot->id);
    context_.store.put_source(source);
    return false;
  }
  take_slot(context_, state_, source);
  return true;
}

void Settling::drop_adopted_writes(const RecordId& id) {
  for (SourceRecord& source : state_.sources) {
    if (source.system != delivery_.system || source.id != id) continue;
    forget_writes(source, delivery_);
    context_.store.put_source(source);
  }
}

void Settling::name_both(const SourceRecord& source, const GoldenId& other) {
  ExceptionItem item;
  item.category = Category::duplicate;
  item.subject =
      "duplicate/" + state_.golden.id.text + '/' + source.system.text + '/' + source.id.text;
  item.entity = entity_.name;
  item.golden = state_.golden.id;
  item.system = source.system;
  item.record = source.id;
  item.delivery = delivery_.id;
  const SourceRecord* linked = linked_source(state_, source.system);
  item.actions = {"keep_apart"};
  if (other != state_.golden.id) item.actions.push_back("join");
  item.detail = {{"golden_ids", Json::array({state_.golden.id.text, other.text})},
                 {"record_ids", Json::array({source.id.text, linked ? linked->id.text : ""})},
                 {"why", "two records of one system stand for one golden record"}};
  const ExceptionItem asked = open_item(context_, std::move(item));
  std::erase_if(state_.items, [&](const ExceptionItem& held) { return held.id == asked.id; });
  state_.items.push_back(asked);
}

void Settling::store_linked(const SourceRecord& source) {
  for (SourceRecord& held : state_.sources) {
    if (held.system == source.system && held.id == source.id) held = source;
  }
  context_.store.put_source(source);
  index_keys(context_, entity_, state_, source, {});
}

void Settling::drop_adopted() {
  if (delivery_.intended != Operation::create) return;
  if (const SourceRecord* linked = linked_source(state_, delivery_.system)) {
    drop_adopted_writes(linked->id);
  }
}

SourceRecord* Settling::record_made() {
  // One with an id met another record, or was only looked for.
  if (!delivery_.record_id.empty() || system_.history_wait == Duration()) return nullptr;
  for (SourceRecord& source : state_.sources) {
    const bool is_linked = source.system == delivery_.system && source.state == LinkState::active;
    if (is_linked && !is_deleted(source) && had_our_key(source)) return &source;
  }
  return nullptr;
}

bool Settling::had_our_key(const SourceRecord& source) const {
  enum class Part { never, now, before };
  const auto shown_as = [&](const FieldName& name) {
    const auto planned = delivery_.fields.find(name);
    const auto history = source.fields.find(name);
    const Field& field = *entity_.field(name);
    const auto entry = field.map.find(system_.name);
    if (planned == delivery_.fields.end() || planned->second.value.is_null() ||
        history == source.fields.end() || !has_write_of(history->second, delivery_) ||
        entry == field.map.end()) {
      return Part::never;
    }
    const auto is_ours = [&](const Value& value) {
      return are_held_alike(field, entry->second, value, planned->second.value);
    };
    const auto& seen = history->second.observations;
    const Time from = delivery_.handed_out_at.value_or(context_.now) - system_.clock_skew;
    const bool before = std::any_of(seen.begin(), seen.end(), [&](const Observation& observation) {
      return observation.previous && observation.order.at >= from && is_ours(*observation.previous);
    });
    if (before) return Part::before;
    return !seen.empty() && is_ours(seen.back().value) ? Part::now : Part::never;
  };
  return std::any_of(entity_.match.begin(), entity_.match.end(), [&](const auto& tier) {
    const auto is = [&](Part shown) {
      return [&, shown](const FieldName& name) { return shown_as(name) == shown; };
    };
    return std::none_of(tier.begin(), tier.end(), is(Part::never)) &&
           std::any_of(tier.begin(), tier.end(), is(Part::before));
  });
}

Result<void> Settling::exists() {
  if (delivery_.intended != Operation::create) return wrong("delivered");
  if (result_.record_id.empty()) {
    return fail(Code::required, "'exists' names the record that has the key", "/record_id");
  }
  delivery_.record_id = result_.record_id;
  const CreateFate fate = fate_where_met();
  if (fate == CreateFate::refused) drop_adopted();
  if (!shown_) {
    // Its keys are looked at before it is believed to be the same.
    delivery_.due_at = context_.now;
    return finish(DeliveryState::verifying);
  }
  return take_met(fate);
}

CreateFate Settling::fate_where_met() const {
  const int sent = delivery_.attempt - (delivery_.operation == Operation::lookup ? 1 : 0);
  const bool is_refused = !delivery_.record_id.empty() && sent <= 1;
  return is_refused ? CreateFate::refused : CreateFate::unknown;
}

Result<void> Settling::take_met(CreateFate fate) {
  return fate == CreateFate::unknown && shows_all() ? created() : adopt(fate);
}

Result<void> Settling::adopt(CreateFate fate) {
  std::map<FieldName, Value> ours;
  for (const auto& [name, field] : state_.golden.fields) ours.emplace(name, field.value);
  const auto wanted = match_keys(entity_, ours);
  const auto theirs = match_keys(entity_, shown_->record.fields);
  bool agrees = false;
  for (std::size_t tier = 0; tier < wanted.size() && !agrees; ++tier) {
    if (wanted[tier].empty() || theirs[tier].empty()) continue;
    agrees = !disagree(wanted[tier], theirs[tier]);
    if (!agrees) break;  // an earlier key disagrees
  }
  SourceRecord source = find_or_make(delivery_.record_id);
  if (!agrees) {
    drop_adopted();
    name_both(source, source.golden.empty() ? state_.golden.id : source.golden);
    delivery_.error = "the target has another record with this key";
    bury(context_, state_, delivery_);
    delivery_.operation = delivery_.intended;
    return finish(DeliveryState::dead);
  }
  if (!claim_for_golden(source)) {
    drop_adopted();
    return finish(DeliveryState::withdrawn);
  }
  if (fate == CreateFate::refused)
    forget_writes(source, delivery_);
  else
    acknowledge_shown(source);
  return withdraw_for(source);
}

Result<void> Settling::withdraw_for(SourceRecord& source) {
  join_stored(source);
  store_linked(source);
  const auto done = finish(DeliveryState::withdrawn);
  release_waiting(context_, source, true);
  return done;
}

bool Settling::was_only_looked_for() const {
  if (delivery_.intended != Operation::create) return false;
  const auto source =
      std::find_if(state_.sources.begin(), state_.sources.end(), [&](const SourceRecord& known) {
        return known.system == delivery_.system && known.id == delivery_.record_id;
      });
  if (source == state_.sources.end() || source->state != LinkState::active) return false;
  return std::none_of(source->fields.begin(), source->fields.end(), [&](const auto& named) {
    const auto& writes = named.second.writes;
    return std::any_of(writes.begin(), writes.end(),
                       [&](const Write& write) { return is_write_of(write, delivery_); });
  });
}

Result<void> Settling::reappeared() {
  SourceRecord source = find_or_make(delivery_.record_id);
  source.present_at = std::max(source.present_at.value_or(Time::beginning()), context_.now);
  return withdraw_for(source);
}

bool Settling::shows_all() const {
  return std::all_of(delivery_.fields.begin(), delivery_.fields.end(), [&](const auto& field) {
    return field.second.value.is_null() || shows(field.first);
  });
}

}  // namespace truce
