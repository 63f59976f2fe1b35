#include "engine/app/settle.h"

#include <algorithm>

#include "engine/app/open_writes.h"
#include "engine/app/outbox.h"
#include "engine/app/refusals.h"
#include "engine/app/settling.h"
#include "engine/app/trail.h"
#include "engine/app/untimed.h"
#include "engine/core/history/presence.h"

namespace truce {
namespace {

// Records that cannot be linked in the target any more are another matter than values.
Category category_of(const Entity& entity, const Delivery& delivery) {
  if (delivery.operation == Operation::lookup) return Category::lookup;
  const bool links_only =
      !delivery.refused.empty() &&
      std::all_of(delivery.refused.begin(), delivery.refused.end(), [&](const FieldName& name) {
        const Field* field = entity.field(name);
        return field && field->type == FieldType::reference;
      });
  return links_only ? Category::association : Category::dead_letter;
}

// A field that another policy has dropped meanwhile may have been private.
bool writes_private(const Entity& entity, const Delivery& delivery) {
  return std::any_of(delivery.fields.begin(), delivery.fields.end(), [&](const auto& named) {
    const Field* field = entity.field(named.first);
    return !field || field->is_private;
  });
}

// One that another policy has removed meanwhile did what it says all the same: its result is a
// fact, and what is planned after it withdraws whatever it does not settle.
System system_of(const Policy& policy, const SystemName& name) {
  if (const System* known = policy.system(name)) return *known;
  System removed;
  removed.name = name;
  return removed;
}

}  // namespace

bool is_write_of(const Write& write, const Delivery& delivery) {
  return write.delivery.text.starts_with(delivery.id.text + '/');
}

bool has_write_of(const FieldHistory& history, const Delivery& delivery) {
  return std::any_of(history.writes.begin(), history.writes.end(),
                     [&](const Write& write) { return is_write_of(write, delivery); });
}

// Changes the histories that have such a write, and leaves the others as they are.
template <class Change>
void edit_written(SourceRecord& source, const Delivery& delivery, const Change& change) {
  source.fields.edit_where(
      [&](const FieldName&, const FieldHistory& history) {
        return has_write_of(history, delivery);
      },
      change);
}

SourceRecord* target_of(RecordState& state, const Delivery& delivery) {
  for (SourceRecord& source : state.sources) {
    if (source.system == delivery.system && source.id == delivery.record_id) return &source;
  }
  return nullptr;
}

void forget_writes(SourceRecord& source, const Delivery& delivery) {
  edit_written(source, delivery, [&](const FieldName&, FieldHistory& history) {
    std::erase_if(history.writes, [&](const Write& write) { return is_write_of(write, delivery); });
  });
}

Settling::Settling(Context& context, RecordState& state, Delivery delivery,
                   const DeliveryResult& result)
    : context_(context),
      state_(state),
      delivery_(std::move(delivery)),
      result_(result),
      entity_(*context.policy.entity(state.golden.entity)),
      system_(system_of(context.policy, delivery_.system)),
      shown_(shown_by(result)) {}

Result<void> Settling::run() {
  if (const auto checked = check_record(); !checked) return checked;
  const bool looked_up = delivery_.operation == Operation::lookup;
  switch (result_.status) {
    case ResultStatus::delivered:
      return looked_up ? wrong("found or absent") : delivered();
    case ResultStatus::failed:
      return failed();
    case ResultStatus::exists:
      return exists();
    case ResultStatus::gone:
      return gone();
    case ResultStatus::unknown:
      return unknown();
    case ResultStatus::found:
      return looked_up ? found() : wrong("delivered");
    case ResultStatus::absent:
      return looked_up ? absent() : wrong("gone");
  }
  return {};
}

Result<void> Settling::wrong(const std::string& instead) {
  return fail(Code::schema, "this status does not answer this operation; use " + instead,
              "/status");
}

Result<void> Settling::check_record() const {
  // Which record a create has made or met, its result says.
  const bool has_own = delivery_.intended != Operation::create || was_only_looked_for();
  const RecordId& named = result_.record_id;
  const RecordId& expected = has_own || named.empty() ? delivery_.record_id : named;
  const auto check = [&](const RecordId& id, const std::string& pointer) -> Result<void> {
    if (id.empty() || expected.empty() || (has_own ? is_own(id) : id == expected)) return {};
    return fail(Code::id_invalid,
                "this is the result of record '" + shown(id.text) + "', and not of '" +
                    shown(expected.text) + "'",
                pointer);
  };
  if (const auto checked = check(named, "/record_id"); !checked) return checked;
  return check(shown_ ? shown_->record.id.value_or(RecordId()) : RecordId(), "/record");
}

bool Settling::is_own(const RecordId& id) const {
  const RecordId* own = &delivery_.record_id;
  for (std::size_t hop = 0; *own != id && hop < state_.sources.size(); ++hop) {
    const auto merged =
        std::find_if(state_.sources.begin(), state_.sources.end(), [&](const SourceRecord& source) {
          return source.system == delivery_.system && source.id == *own &&
                 source.state == LinkState::merged;
        });
    if (merged == state_.sources.end()) return false;
    own = &merged->merged_into;
  }
  return *own == id;
}

Result<void> Settling::delivered() {
  if (delivery_.intended == Operation::erase) return erased();
  if (delivery_.intended == Operation::create) return created();
  if (SourceRecord* source = target_of(state_, delivery_)) {
    const auto indexed = held_keys(context_, entity_, *source);
    acknowledge(*source, delivery_.fields);
    join_stored(*source);
    store_target(*source, indexed);
  }
  return finish(DeliveryState::delivered);
}

Result<void> Settling::erased() {
  if (SourceRecord* source = target_of(state_, delivery_)) {
    acknowledge(*source, std::map<FieldName, DeliveryField>{{presence_field, {}}});
    source->deleted_at = std::max(source->deleted_at.value_or(Time::beginning()), context_.now);
    context_.store.put_source(*source);
  }
  return finish(DeliveryState::delivered);
}

void Settling::acknowledge(SourceRecord& source,
                           const SharedMap<FieldName, DeliveryField>& fields) {
  for (const auto& [name, field] : fields) {
    FieldHistory& history = source.fields[name];
    Time handed_out = delivery_.handed_out_at.value_or(context_.now);
    const auto is_this = [this, &value = field.value](const Write& write) {
      return is_write_of(write, delivery_) && same(write.value, value);
    };
    for (const Write& write : history.writes) {
      if (is_this(write)) handed_out = std::min(handed_out, write.handed_out_at);
    }
    std::erase_if(history.writes, is_this);
    Write write;
    write.delivery = write_id(delivery_);
    write.state = Write::State::acknowledged;
    write.value = field.value;
    write.planned_after = field.planned_after;
    write.handed_out_at = handed_out;
    write.settled_at = context_.now;
    write.stored = stored_order(name);
    write.provenance = field.provenance;
    join(history, write);
    // Another policy may have come into force, without the field.
    if (const Field* known = entity_.field(name)) {
      compact_when_grown(history, system_, *known, context_.history_horizon());
    }
  }
}

std::optional<Shown> Settling::shown_by(const DeliveryResult& result) const {
  if (!result.record) return std::nullopt;
  Shown shown{
      normalize_record(context_.policy, entity_, system_.name, *result.record, context_.transforms),
      context_.now};
  const Time modified = shown.record.modified.value_or(context_.now);
  if (modified <= context_.now + system_.max_future_skew) shown.at = modified;
  return shown;
}

std::optional<HistoryOrder> Settling::stored_order(const FieldName& name) const {
  if (!shown_) return std::nullopt;
  // A field that another policy has dropped meanwhile is not in the record.
  const auto value = shown_->record.fields.find(name);
  if (value == shown_->record.fields.end()) return std::nullopt;
  if (entity_.field(name)->type == FieldType::reference) return std::nullopt;
  return HistoryOrder{shown_->at, {}, value_hash(value->second)};
}

void Settling::join_stored(SourceRecord& source) {
  if (!shown_) return;
  for (const auto& [name, value] : shown_->record.fields) {
    const auto order = stored_order(name);
    if (!order) continue;
    Observation observation;
    observation.order = *order;
    observation.value = value;
    // Sorts behind every event's key, so that an event that said the same keeps its name.
    observation.event_key = EventKey("settle:" + delivery_.id.text);
    observation.received_at = context_.now;
    join(source.fields[name], observation);
    note_untimed(source, name, *order);
  }
  source.present_at = std::max(source.present_at.value_or(Time::beginning()), shown_->at);
}

void Settling::note_untimed(const SourceRecord& source, const FieldName& name,
                            const HistoryOrder& order) {
  const Timeline timeline = read_timeline(source.fields.at(name), system_, *entity_.field(name));
  const Entry* entry = timeline.entry_of(order);
  if (entry && is_untimed(*entry) && timeline.is_current(*entry)) {
    to_fetch_ = {source.system, source.entity, source.id};
  }
}

void Settling::store_target(const SourceRecord& source, const std::vector<TierKeys>& indexed) {
  context_.store.put_source(source);
  index_keys(context_, entity_, state_, source, {}, indexed);
}

void Settling::forget_attempt(SourceRecord& source) const {
  edit_written(source, delivery_, [&](const FieldName&, FieldHistory& history) {
    forget_write(history, write_id(delivery_));
  });
}

Result<void> Settling::failed() {
  delivery_.error = writes_private(entity_, delivery_) ? result_.withheld : result_.message;
  if (delivery_.operation == Operation::lookup) return try_later(DeliveryState::verifying);
  if (SourceRecord* source = target_of(state_, delivery_)) {
    forget_attempt(*source);
    context_.store.put_source(*source);
  }
  drop_adopted();
  if (result_.permanent && is_about_what_left(entity_, delivery_, result_.refused_fields)) {
    return finish(DeliveryState::withdrawn);
  }
  if (result_.permanent) keep_refused_part(entity_, delivery_, result_.refused_fields);
  return try_later(DeliveryState::waiting);
}

Result<void> Settling::gone() {
  if (delivery_.intended == Operation::erase) return erased();
  if (delivery_.intended == Operation::create) return wrong("failed");
  if (SourceRecord* source = target_of(state_, delivery_)) {
    // What is looked for was sent, and may have arrived before the record went.
    if (delivery_.operation == Operation::lookup)
      leave_in_doubt(*source);
    else
      forget_attempt(*source);
    // A target that suddenly knows nobody any more has lost a permission, not its records.
    if (is_mass_change(context_, system_.name, entity_, GuardedChange::erase, source->id)) {
      context_.store.put_source(*source);
      delivery_.error =
          "the target says gone of too many records at once; no delete is taken from it";
      bury(context_, state_, delivery_);
      return finish(DeliveryState::dead);
    }
    Observation told;
    told.order.at = context_.now;
    told.event_key = EventKey("settle:" + delivery_.id.text);
    told.received_at = context_.now;
    join_delete(*source, std::move(told));
    context_.store.put_source(*source);
  }
  return finish(DeliveryState::withdrawn);
}

Result<void> Settling::unknown() {
  if (delivery_.operation == Operation::lookup) return try_later(DeliveryState::verifying);
  mark_unknown(context_, state_, delivery_, context_.now);
  delivery_.due_at = context_.now;
  // Looked for before it can be seen, it would be made a second time.
  if (delivery_.intended == Operation::create) {
    delivery_.due_at = context_.now + system_.settle_window;
  }
  return finish(DeliveryState::verifying);
}

Result<void> Settling::found() {
  if (was_only_looked_for()) return reappeared();
  if (delivery_.intended == Operation::create) {
    const CreateFate fate = fate_where_met();
    if (!result_.record_id.empty()) delivery_.record_id = result_.record_id;
    if (delivery_.record_id.empty()) {
      return fail(Code::required, "'found' names the record", "/record_id");
    }
    if (!shown_) {
      return fail(Code::required, "'found' comes with the record as it stands there", "/record");
    }
    return take_met(fate);
  }
  if (delivery_.intended == Operation::erase) {
    if (SourceRecord* source = target_of(state_, delivery_)) {
      leave_in_doubt(*source);
      context_.store.put_source(*source);
    }
    return send_again();
  }
  if (!shown_) {
    return fail(Code::required, "'found' comes with the record as it stands there", "/record");
  }
  bool has_arrived = true;
  if (SourceRecord* source = target_of(state_, delivery_)) {
    const bool lags =
        std::any_of(delivery_.fields.begin(), delivery_.fields.end(),
                    [&](const auto& named) { return is_outdated(*source, named.first); });
    // Where a record's time does not tell of our writes, the last attempt takes what it shows.
    const bool is_last = attempts() + 1 >= system_.retry.attempts;
    if (lags && !is_last) return try_later(DeliveryState::verifying);
    const auto indexed = held_keys(context_, entity_, *source);
    acknowledge_shown(*source);
    join_stored(*source);
    store_target(*source, indexed);
    has_arrived = std::any_of(delivery_.fields.begin(), delivery_.fields.end(),
                              [&](const auto& named) { return shows(named.first); });
  }
  if (has_arrived) return finish(DeliveryState::delivered);
  if (attempts() > system_.retry.attempts) return give_up_missed();
  const auto done = finish(DeliveryState::delivered);
  if (done) carry_attempts();
  return done;
}

bool Settling::is_outdated(const SourceRecord& source, const FieldName& name) const {
  const auto history = source.fields.find(name);
  if (history == source.fields.end() || !stored_order(name)) return false;
  const Field& field = *entity_.field(name);
  const auto is_else = [&](const Value& value) {
    return !are_held_alike(field, field.map.at(system_.name), value,
                           shown_->record.fields.at(name));
  };
  const auto& observations = history->second.observations;
  const auto& writes = history->second.writes;
  return std::any_of(observations.begin(), observations.end(),
                     [&](const Observation& seen) {
                       return seen.order.at > shown_->at && is_else(seen.value);
                     }) ||
         std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
           return write.state == Write::State::acknowledged &&
                  write.handed_out_at - system_.clock_skew > shown_->at && is_else(write.value);
         });
}

void Settling::acknowledge_shown(SourceRecord& source) {
  std::map<FieldName, DeliveryField> arrived;
  for (const auto& [name, field] : delivery_.fields) {
    if (shows(name)) arrived.emplace(name, field);
  }
  acknowledge(source, arrived);
  leave_in_doubt(source);
}

void Settling::leave_in_doubt(SourceRecord& source) const {
  edit_written(source, delivery_, [&](const FieldName& name, FieldHistory& history) {
    for (Write& write : history.writes) {
      if (!is_write_of(write, delivery_) || write.state == Write::State::acknowledged) continue;
      write.state = Write::State::unknown;
      write.settled_at = context_.now;
      write.stored =
          name == presence_field ? HistoryOrder{context_.now, {}, {}} : stored_order(name);
    }
  });
}

bool Settling::shows(const FieldName& name) const {
  const Field* field = entity_.field(name);
  if (!field || !field->map.contains(system_.name)) return false;
  const MapEntry& entry = field->map.at(system_.name);
  const auto value = shown_->record.fields.find(name);
  return value != shown_->record.fields.end() &&
         are_held_alike(*field, entry, value->second, delivery_.fields.at(name).value);
}

Result<void> Settling::absent() {
  if (delivery_.intended == Operation::create) {
    if (SourceRecord* made = record_made()) {
      delivery_.record_id = made->id;
      acknowledge(*made, delivery_.fields);
      context_.store.put_source(*made);
      return finish(DeliveryState::delivered);
    }
    drop_adopted();
    delivery_.record_id = {};
    return send_again();
  }
  // The target may not show yet what it made or brought back just now.
  if (const SourceRecord* source = target_of(state_, delivery_)) {
    const Time shown_by = last_sign_of(*source) + system_.settle_window;
    if (context_.now < shown_by) {
      delivery_.due_at = shown_by;
      return finish(DeliveryState::verifying);
    }
  }
  return gone();
}

void Settling::lift_dead_letters() {
  for (Delivery& other : state_.deliveries) {
    const bool given_up =
        other.state == DeliveryState::dead || other.state == DeliveryState::discarded;
    if (!given_up || other.system != delivery_.system || other.id == delivery_.id) continue;
    if (!is_lifted_by(entity_, other, delivery_)) {
      context_.store.put_delivery(other);
      continue;
    }
    other.state = DeliveryState::withdrawn;
    other.settled_at = context_.now;
    context_.store.put_delivery(other);
    if (auto item = context_.store.unanswered_exception("dead_letter/" + other.id.text)) {
      close_item(context_, *item, "truce", "a later delivery arrived");
    }
  }
  std::erase_if(state_.deliveries,
                [](const Delivery& other) { return other.state == DeliveryState::withdrawn; });
}

Result<void> Settling::finish(DeliveryState settled) {
  delivery_.golden = state_.golden.id;
  delivery_.state = settled;
  delivery_.lease_expires_at.reset();
  const bool ended = settled == DeliveryState::delivered || settled == DeliveryState::withdrawn;
  if (ended) delivery_.settled_at = context_.now;
  // What was given up stays what it was: a lookup that is replayed is a lookup again.
  const bool is_open = settled == DeliveryState::verifying || settled == DeliveryState::dead;
  if (!is_open) delivery_.operation = delivery_.intended;
  context_.store.put_delivery(delivery_);
  if (settled == DeliveryState::delivered) lift_dead_letters();
  std::erase_if(state_.deliveries, [&](const Delivery& held) { return held.id == delivery_.id; });
  if (!ended) state_.deliveries.push_back(delivery_);
  std::sort(state_.deliveries.begin(), state_.deliveries.end(),
            [](const Delivery& a, const Delivery& b) { return a.sequence < b.sequence; });
  Json body{{"delivery", delivery_.id.text},
            {"system", delivery_.system.text},
            {"op", std::string(to_string(delivery_.intended))},
            {"record_id", delivery_.record_id.text},
            {"attempt", delivery_.attempt},
            {"status", std::string(to_string(result_.status))},
            {"state", std::string(to_string(settled))},
            {"policy", context_.policy.sha256}};
  if (!delivery_.error.empty()) body["error"] = delivery_.error;
  Json fields = Json::array();
  for (const auto& [name, field] : delivery_.fields) fields.push_back(name.text);
  body["fields"] = std::move(fields);
  const Plan plan = derive(context_, state_);
  if (!to_fetch_) to_fetch_ = record_waited_for(state_, plan);
  put_derivation(context_, state_, plan, body);
  write_audit(context_, {"delivery", delivery_.entity, delivery_.golden, {}, std::move(body)});
  return {};
}

Result<std::optional<RecordToFetch>> apply_result(Context& context, RecordState& state,
                                                  Delivery delivery, const DeliveryResult& result) {
  Settling settling(context, state, std::move(delivery), result);
  const auto done = settling.run();
  if (!done) return tl::unexpected(done.error());
  return settling.to_fetch();
}

void bury(Context& context, RecordState& state, Delivery& delivery) {
  take_over_refusal(context, state, delivery);
  ExceptionItem item;
  item.category = category_of(*context.policy.entity(state.golden.entity), delivery);
  item.subject = "dead_letter/" + delivery.id.text;
  item.entity = delivery.entity;
  item.golden = delivery.golden;
  item.system = delivery.system;
  item.record = delivery.record_id;
  item.delivery = delivery.id;
  if (delivery.fields.size() == 1) item.field = delivery.fields.begin()->first;
  item.actions = {"replay", "discard"};
  item.detail = {{"delivery_id", delivery.id.text},
                 {"op", std::string(to_string(delivery.intended))},
                 {"attempts", delivery.attempt},
                 {"error", delivery.error}};
  Json fields = Json::array();
  for (const auto& [name, field] : delivery.fields) fields.push_back(name.text);
  item.detail["fields"] = std::move(fields);
  open_item(context, std::move(item));
  announce(context, "dead_letter",
           {{"id", delivery.id.text},
            {"system", delivery.system.text},
            {"golden_id", delivery.golden.text},
            {"error", delivery.error}});
}

void mark_unknown(Context& context, RecordState& state, const Delivery& delivery,
                  Time given_up_at) {
  for (SourceRecord& source : state.sources) {
    if (source.system != delivery.system) continue;
    const auto is_leased = [&](const Write& write) {
      return is_write_of(write, delivery) && write.state == Write::State::leased;
    };
    const bool changed = source.fields.edit_where(
        [&](const FieldName&, const FieldHistory& history) {
          return std::any_of(history.writes.begin(), history.writes.end(), is_leased);
        },
        [&](const FieldName&, FieldHistory& history) {
          for (Write& write : history.writes) {
            if (!is_leased(write)) continue;
            write.state = Write::State::unknown;
            write.settled_at = given_up_at;
          }
        });
    if (changed) context.store.put_source(source);
  }
}

}  // namespace truce
