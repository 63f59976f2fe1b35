#include "engine/app/settle.h"

#include <algorithm>

#include "engine/app/ingestion.h"
#include "engine/app/outbox.h"
#include "engine/app/retry.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

bool is_write_of(const Write& write, const Delivery& delivery) {
  return write.delivery.text.starts_with(delivery.id.text + '/');
}

SourceRecord* target_of(RecordState& state, const Delivery& delivery) {
  for (SourceRecord& source : state.sources) {
    if (source.system == delivery.system && source.id == delivery.record_id) return &source;
  }
  return nullptr;
}

void forget_writes(SourceRecord& source, const Delivery& delivery) {
  for (auto& [name, history] : source.fields) {
    std::erase_if(history.writes, [&](const Write& write) { return is_write_of(write, delivery); });
  }
}

// One delivery's result on its way into the facts.
class Settling {
 public:
  Settling(Context& context, RecordState& state, Delivery delivery, const DeliveryResult& result)
      : context_(context),
        state_(state),
        delivery_(std::move(delivery)),
        result_(result),
        entity_(*context.policy.entity(state.golden.entity)),
        system_(*context.policy.system(delivery_.system)) {}

  Result<void> run() {
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

 private:
  static Result<void> wrong(const std::string& instead) {
    return fail(Code::schema, "this status does not answer this operation; use " + instead,
                "/status");
  }

  Result<void> delivered() {
    if (delivery_.intended == Operation::erase) return erased();
    if (delivery_.intended == Operation::create) return created();
    SourceRecord* source = target_of(state_, delivery_);
    if (source) {
      acknowledge(*source, delivery_.fields);
      join_stored(*source);
      context_.store.put_source(*source);
    }
    return finish(DeliveryState::delivered);
  }

  Result<void> erased() {
    if (SourceRecord* source = target_of(state_, delivery_)) {
      source->deleted_at = std::max(source->deleted_at.value_or(Time::beginning()), context_.now);
      context_.store.put_source(*source);
    }
    return finish(DeliveryState::delivered);
  }

  Result<void> created() {
    RecordId id = result_.record_id;
    if (id.empty() && result_.record) {
      id = normalize_record(context_.policy, entity_, system_.name, *result_.record,
                            context_.transforms)
               .id.value_or(RecordId());
    }
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

  SourceRecord find_or_make(const RecordId& id) {
    if (SourceRecord* known = target_of(state_, delivery_)) return *known;
    auto known = context_.store.find_source(system_.name, entity_.name, id);
    if (known) return std::move(*known);
    SourceRecord source;
    source.system = system_.name;
    source.entity = entity_.name;
    source.id = id;
    source.first_seen = context_.now;
    return source;
  }

  // Links the record to this golden record. False: another one has it, or the slot is taken, and an
  // item names both.
  bool claim_for_golden(SourceRecord& source) {
    if (!source.golden.empty() && source.golden != state_.golden.id) {
      auto other = load_state(context_, source.golden);
      if (other && other->golden.id != state_.golden.id) {
        if (other->sources.size() > 1) {
          name_both(source, other->golden.id);
          return false;
        }
        // Nothing but our own new record: it came as an event before it came as a result.
        join_goldens(context_, *other, state_);
      }
      source.golden = state_.golden.id;
    }
    const SourceRecord* in_slot = linked_source(state_, source.system);
    if (in_slot && in_slot->id != source.id && !is_deleted(*in_slot)) {
      name_both(source, state_.golden.id);
      source.golden = state_.golden.id;
      source.state = LinkState::unlinked;
      drop_adopted_writes(in_slot->id);
      context_.store.put_source(source);
      return false;
    }
    take_slot(context_, state_, source);
    return true;
  }

  // The record that was taken for our create is another one: its first word was its own.
  void drop_adopted_writes(const RecordId& id) {
    for (SourceRecord& source : state_.sources) {
      if (source.system != delivery_.system || source.id != id) continue;
      forget_writes(source, delivery_);
      context_.store.put_source(source);
    }
  }

  void name_both(const SourceRecord& source, const GoldenId& other) {
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
    open_item(context_, std::move(item));
  }

  void store_linked(const SourceRecord& source) {
    for (SourceRecord& held : state_.sources) {
      if (held.system == source.system && held.id == source.id) held = source;
    }
    context_.store.put_source(source);
    index_keys(context_, entity_, state_, source, {});
  }

  void acknowledge(SourceRecord& source, const std::map<FieldName, DeliveryField>& fields) {
    for (const auto& [name, field] : fields) {
      FieldHistory& history = source.fields[name];
      Time handed_out = delivery_.handed_out_at.value_or(context_.now);
      for (const Write& write : history.writes) {
        if (is_write_of(write, delivery_) && same(write.value, field.value)) {
          handed_out = std::min(handed_out, write.handed_out_at);
        }
      }
      std::erase_if(history.writes, [&](const Write& write) {
        return is_write_of(write, delivery_) && same(write.value, field.value);
      });
      Write write;
      write.delivery = write_id(delivery_);
      write.state = Write::State::acknowledged;
      write.value = field.value;
      write.planned_after = field.planned_after;
      write.handed_out_at = handed_out;
      write.settled_at = context_.now;
      write.confirmed = result_.record != nullptr;
      write.provenance = field.provenance;
      join(history, write);
    }
  }

  // What the target says it stored is an observation like any other.
  void join_stored(SourceRecord& source) {
    if (!result_.record) return;
    const NormalizedRecord stored = normalize_record(context_.policy, entity_, system_.name,
                                                     *result_.record, context_.transforms);
    Time at = stored.modified.value_or(context_.now);
    if (at > context_.now + system_.max_future_skew) at = context_.now;
    for (const auto& [name, value] : stored.fields) {
      if (entity_.field(name)->type == FieldType::reference) continue;
      Observation observation;
      observation.order = {at, {}, value_hash(value)};
      observation.value = value;
      // Sorts behind every event's key, so that an event that said the same keeps its name.
      observation.event_key = EventKey("settle:" + delivery_.id.text);
      observation.received_at = context_.now;
      join(source.fields[name], observation);
    }
    source.present_at = std::max(source.present_at.value_or(Time::beginning()), at);
  }

  Result<void> failed() {
    delivery_.error = result_.message;
    if (delivery_.operation == Operation::lookup) return look_up_later();
    if (SourceRecord* source = target_of(state_, delivery_)) {
      for (auto& [name, history] : source->fields) forget_write(history, write_id(delivery_));
      context_.store.put_source(*source);
    }
    drop_adopted();
    const auto delay = retry_delay(system_.retry, delivery_.attempt - delivery_.forgiven,
                                   context_.ids.chance(), result_.retry_after);
    if (result_.permanent || !delay) {
      bury(context_, delivery_);
      return finish(DeliveryState::dead);
    }
    delivery_.due_at = context_.now + *delay;
    return finish(DeliveryState::waiting);
  }

  // A create that was not sent leaves no trace in a record that was taken for its target.
  void drop_adopted() {
    if (delivery_.intended != Operation::create) return;
    if (const SourceRecord* linked = linked_source(state_, delivery_.system)) {
      drop_adopted_writes(linked->id);
    }
  }

  Result<void> look_up_later() {
    const auto delay = retry_delay(system_.retry, delivery_.attempt - delivery_.forgiven,
                                   context_.ids.chance(), result_.retry_after);
    if (result_.permanent || !delay) {
      bury(context_, delivery_);
      return finish(DeliveryState::dead);
    }
    delivery_.due_at = context_.now + *delay;
    return finish(DeliveryState::verifying);
  }

  Result<void> exists() {
    if (delivery_.intended != Operation::create) return wrong("delivered");
    if (result_.record_id.empty()) {
      return fail(Code::required, "'exists' names the record that has the key", "/record_id");
    }
    delivery_.record_id = result_.record_id;
    if (!result_.record) {
      // Its keys are looked at before it is believed to be the same.
      delivery_.due_at = context_.now;
      return finish(DeliveryState::verifying);
    }
    return adopt();
  }

  Result<void> adopt() {
    const NormalizedRecord shown = normalize_record(context_.policy, entity_, system_.name,
                                                    *result_.record, context_.transforms);
    std::map<FieldName, Value> ours;
    for (const auto& [name, field] : state_.golden.fields) ours.emplace(name, field.value);
    const auto wanted = match_keys(entity_, ours);
    const auto theirs = match_keys(entity_, shown.fields);
    bool agrees = false;
    for (std::size_t tier = 0; tier < wanted.size() && !agrees; ++tier) {
      if (!wanted[tier] || !theirs[tier]) continue;
      agrees = *wanted[tier] == *theirs[tier];
      if (!agrees) break;  // an earlier key disagrees
    }
    SourceRecord source = find_or_make(delivery_.record_id);
    drop_adopted();
    if (!agrees) {
      name_both(source, source.golden.empty() ? state_.golden.id : source.golden);
      delivery_.error = "the target has another record with this key";
      bury(context_, delivery_);
      return finish(DeliveryState::dead);
    }
    if (claim_for_golden(source)) {
      join_stored(source);
      store_linked(source);
      const auto done = finish(DeliveryState::withdrawn);
      release_waiting(context_, source, true);
      return done;
    }
    return finish(DeliveryState::withdrawn);
  }

  Result<void> gone() {
    if (delivery_.intended == Operation::erase) return erased();
    if (delivery_.intended == Operation::create) return wrong("failed");
    if (SourceRecord* source = target_of(state_, delivery_)) {
      forget_writes(*source, delivery_);
      // A target that suddenly knows nobody any more has lost a permission, not its records.
      if (is_mass_change(context_, system_.name, entity_, GuardedChange::erase, source->id)) {
        context_.store.put_source(*source);
        delivery_.error =
            "the target says gone of too many records at once; no delete is taken from it";
        bury(context_, delivery_);
        return finish(DeliveryState::dead);
      }
      source->deleted_at = std::max(source->deleted_at.value_or(Time::beginning()), context_.now);
      context_.store.put_source(*source);
    }
    return finish(DeliveryState::withdrawn);
  }

  Result<void> unknown() {
    if (delivery_.operation == Operation::lookup) return look_up_later();
    mark_unknown(context_, state_, delivery_, context_.now);
    delivery_.due_at = context_.now;
    return finish(DeliveryState::verifying);
  }

  Result<void> found() {
    if (delivery_.intended == Operation::create) {
      if (!result_.record_id.empty()) delivery_.record_id = result_.record_id;
      if (delivery_.record_id.empty()) {
        return fail(Code::required, "'found' names the record", "/record_id");
      }
      if (!result_.record) {
        return fail(Code::required, "'found' comes with the record as it stands there", "/record");
      }
      return shows_all() ? created() : adopt();
    }
    if (delivery_.intended == Operation::erase) return send_again();
    if (!result_.record) {
      return fail(Code::required, "'found' comes with the record as it stands there", "/record");
    }
    if (SourceRecord* source = target_of(state_, delivery_)) {
      std::map<FieldName, DeliveryField> arrived;
      for (const auto& [name, field] : delivery_.fields) {
        if (shows(name)) arrived.emplace(name, field);
      }
      forget_writes(*source, delivery_);
      acknowledge(*source, arrived);
      join_stored(*source);
      context_.store.put_source(*source);
    }
    return finish(DeliveryState::delivered);
  }

  bool shows(const FieldName& name) {
    const Field* field = entity_.field(name);
    if (!field || !field->map.contains(system_.name)) return false;
    const MapEntry& entry = field->map.at(system_.name);
    const NormalizedRecord shown = normalize_record(context_.policy, entity_, system_.name,
                                                    *result_.record, context_.transforms);
    const auto value = shown.fields.find(name);
    return value != shown.fields.end() &&
           same(as_held(*field, entry, value->second),
                as_held(*field, entry, delivery_.fields.at(name).value));
  }

  // Our create, and not a record that somebody else made meanwhile.
  bool shows_all() {
    return std::all_of(delivery_.fields.begin(), delivery_.fields.end(), [&](const auto& field) {
      return field.second.value.is_null() || shows(field.first);
    });
  }

  Result<void> absent() {
    if (delivery_.intended == Operation::create) {
      drop_adopted();
      return send_again();
    }
    return gone();
  }

  Result<void> send_again() {
    delivery_.operation = delivery_.intended;
    delivery_.due_at = context_.now;
    return finish(DeliveryState::pending);
  }

  // A delivery that arrived makes what was given up before it moot.
  void lift_dead_letters() {
    for (Delivery& other : state_.deliveries) {
      const bool given_up =
          other.state == DeliveryState::dead || other.state == DeliveryState::discarded;
      if (!given_up || other.system != delivery_.system || other.id == delivery_.id) continue;
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

  Result<void> finish(DeliveryState settled) {
    delivery_.golden = state_.golden.id;
    delivery_.state = settled;
    delivery_.lease_expires_at.reset();
    const bool ended = settled == DeliveryState::delivered || settled == DeliveryState::withdrawn;
    if (ended) delivery_.settled_at = context_.now;
    if (settled != DeliveryState::verifying) delivery_.operation = delivery_.intended;
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
              {"state", std::string(to_string(settled))},
              {"policy", context_.policy.sha256}};
    if (!delivery_.error.empty()) body["error"] = delivery_.error;
    Json fields = Json::array();
    for (const auto& [name, field] : delivery_.fields) fields.push_back(name.text);
    body["fields"] = std::move(fields);
    write_audit(context_, {"delivery", delivery_.entity, delivery_.golden, {}, std::move(body)});
    derive(context_, state_);
    return {};
  }

  Context& context_;
  RecordState& state_;
  Delivery delivery_;
  const DeliveryResult& result_;
  const Entity& entity_;
  const System& system_;
};

}  // namespace

Result<void> apply_result(Context& context, RecordState& state, Delivery delivery,
                          const DeliveryResult& result) {
  return Settling(context, state, std::move(delivery), result).run();
}

void bury(Context& context, Delivery& delivery) {
  ExceptionItem item;
  item.category =
      delivery.operation == Operation::lookup ? Category::lookup : Category::dead_letter;
  item.subject = "dead_letter/" + delivery.id.text;
  item.entity = delivery.entity;
  item.golden = delivery.golden;
  item.system = delivery.system;
  item.record = delivery.record_id;
  item.delivery = delivery.id;
  item.actions = {"replay", "discard"};
  item.detail = {{"delivery_id", delivery.id.text},
                 {"op", std::string(to_string(delivery.intended))},
                 {"attempts", delivery.attempt},
                 {"error", delivery.error}};
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
    bool changed = false;
    for (auto& [name, history] : source.fields) {
      for (Write& write : history.writes) {
        if (!is_write_of(write, delivery) || write.state != Write::State::leased) continue;
        write.state = Write::State::unknown;
        write.settled_at = given_up_at;
        changed = true;
      }
    }
    if (changed) context.store.put_source(source);
  }
}

}  // namespace truce
