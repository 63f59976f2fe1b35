#include <algorithm>

#include "engine/core/migrate/value_forms.h"

namespace truce {
namespace {

constexpr const char* aside_head = "$was/";
constexpr const char* doubt_head = "migration/";

ValueHash greatest_hash() {
  ValueHash hash;
  hash.bytes.fill(0xff);
  return hash;
}

// Nobody knows what the system holds since then: a write that no value is the echo of.
Write write_in_doubt(DeliveryId delivery, Time handed_out_at, Time until) {
  Write write;
  write.delivery = std::move(delivery);
  write.state = Write::State::unknown;
  write.value = Value::of_text("", std::string(1, '\x1f'));
  write.handed_out_at = handed_out_at;
  write.settled_at = until;
  return write;
}

bool is_in_doubt(const Write& write) { return write.value.key() == "\x1f"; }

// Where an observation of the one history stands in the other; nullptr: nothing there is of the
// same event.
const HistoryOrder* order_in(const FieldHistory& now, const FieldHistory& before,
                             const HistoryOrder& order) {
  for (const Observation& observation : before.observations) {
    if (observation.order != order) continue;
    const Observation* same_event = told_by(now, observation.event_key);
    return same_event ? &same_event->order : nullptr;
  }
  return nullptr;
}

class SourceCarrier {
 public:
  SourceCarrier(const Carriage& carriage, const SourceRecord& source)
      : carriage_(carriage), source_(source) {}

  SourceRecord run() {
    SourceRecord carried = source_;
    auto& fields = carried.fields;
    for (const FieldName& name : carriage_.change.before) fields.erase(name);
    for (const auto& [name, origin] : carriage_.change.fields) {
      fields.erase(set_aside(name));
      FieldHistory history = origin.moves_in(source_.system) ? history_of(origin.from.front())
                                                             : read_anew(name, origin);
      if (history.observations.empty() && history.writes.empty())
        fields.erase(name);
      else
        fields[name] = std::move(history);
    }
    if (carriage_.course == Course::onwards) keep_what_was(fields);
    return carried;
  }

 private:
  const FieldHistory& history_of(const FieldName& name) const {
    static const FieldHistory none;
    const auto found = source_.fields.find(name);
    return found == source_.fields.end() ? none : found->second;
  }

  void keep_what_was(SharedMap<FieldName, FieldHistory>& fields) const {
    for (const FieldName& name : carriage_.change.before) {
      const bool has_moved = std::any_of(
          carriage_.change.fields.begin(), carriage_.change.fields.end(), [&](const auto& named) {
            return named.second.moves_in(source_.system) && named.second.from.front() == name;
          });
      if (!has_moved && source_.fields.contains(name)) {
        fields[set_aside(name)] = source_.fields.at(name);
      }
    }
  }

  const std::set<EventKey>& all_keys() {
    if (keys_) return *keys_;
    keys_.emplace();
    for (const auto& [name, history] : source_.fields) {
      if (is_set_aside(name)) continue;
      for (const Observation& observation : history.observations) {
        keys_->insert(observation.event_key);
      }
    }
    return *keys_;
  }

  const std::optional<Said>& said_by(const EventKey& key) {
    const auto known = said_.find(key);
    if (known != said_.end()) return known->second;
    return said_.emplace(key, carriage_.read_again(source_, key)).first->second;
  }

  // What the record showed with this event, as far as it is remembered.
  const CarriedValues& rebuilt_from(const EventKey& key) {
    const auto known = rebuilt_.find(key);
    if (known != rebuilt_.end()) return known->second;
    Values values;
    for (const auto& [name, history] : source_.fields) {
      if (const Observation* told = told_by(history, key)) values.emplace(name, told->value);
    }
    return rebuilt_.emplace(key, carry_values(carriage_, source_.system, values)).first->second;
  }

  FieldHistory read_anew(const FieldName& name, const FieldOrigin& origin) {
    FieldHistory history = history_of(set_aside(name));
    const Field* field = carriage_.to.entity(carriage_.entity)->field(name);
    if (!field || !field->map.contains(source_.system)) return history;
    std::set<EventKey> known;
    for (const Observation& observation : history.observations) known.insert(observation.event_key);
    for (const EventKey& key : all_keys()) {
      if (known.contains(key)) continue;
      const std::optional<Said>& said = said_by(key);
      if (!said) {
        rebuild(name, origin, key, history);
      } else if (const auto told = said->find(name); told != said->end()) {
        join(history, told->second);
      }
    }
    carry_writes(name, origin, history);
    return history;
  }

  void rebuild(const FieldName& name, const FieldOrigin& origin, const EventKey& key,
               FieldHistory& history) {
    const Observation* model = nullptr;
    for (const FieldName& from : origin.from) {
      const Observation* told = told_by(history_of(from), key);
      if (told && (!model || model->order.at < told->order.at)) model = told;
    }
    if (!model) return;
    const CarriedValues& carried = rebuilt_from(key);
    if (carried.unclear.contains(name)) {
      const Time at = model->order.at;
      join(history, write_in_doubt(DeliveryId(doubt_head + key.text()), at, at));
      return;
    }
    const auto value = carried.values.find(name);
    if (value == carried.values.end()) return;
    Observation observation = *model;
    observation.value = value->second;
    observation.order.hash = value_hash(value->second);
    observation.previous.reset();
    if (model->previous && origin.from.size() == 1) {
      auto previous =
          carry_values(carriage_, source_.system, {{origin.from.front(), *model->previous}});
      const auto before = previous.values.find(name);
      if (before != previous.values.end()) observation.previous = std::move(before->second);
    }
    join(history, observation);
  }

  void carry_writes(const FieldName& name, const FieldOrigin& origin, FieldHistory& history) {
    std::set<DeliveryId> done;
    for (const FieldName& from : origin.from) {
      for (const Write& write : history_of(from).writes) {
        if (!done.insert(write.delivery).second || restored(history, from, write)) continue;
        carry_write(name, from, write, history);
      }
    }
  }

  // A write that was there before knows its own value; what became of it since it does not.
  bool restored(FieldHistory& history, const FieldName& from, const Write& write) const {
    for (Write& known : history.writes) {
      if (known.delivery != write.delivery) continue;
      const bool tells_nothing =
          known.state == write.state || (is_in_doubt(write) && known.state != Write::State::leased);
      if (tells_nothing) return true;
      known.state = write.state;
      known.settled_at = write.settled_at;
      known.stored = stored_in(history, from, write);
      return true;
    }
    return false;
  }

  std::optional<HistoryOrder> stored_in(const FieldHistory& history, const FieldName& from,
                                        const Write& write) const {
    if (!write.stored) return std::nullopt;
    const HistoryOrder* order = order_in(history, history_of(from), *write.stored);
    return order ? std::optional(*order) : std::nullopt;
  }

  void carry_write(const FieldName& name, const FieldName& from, const Write& write,
                   FieldHistory& history) {
    // It stands for an observation that could not be carried, and on the way back can.
    if (write.delivery.text.starts_with(doubt_head)) {
      if (carriage_.course == Course::onwards) join(history, write);
      return;
    }
    const CarriedValues carried = carry_values(carriage_, source_.system, written_with(write));
    if (carried.unclear.contains(name)) {
      return join(history, write_in_doubt(write.delivery, write.handed_out_at,
                                          write.settled_at.value_or(write.handed_out_at)));
    }
    const auto value = carried.values.find(name);
    if (value == carried.values.end()) return;
    Write now = write;
    now.value = value->second;
    if (write.planned_after) {
      now.planned_after = carried_order(history, history_of(from), *write.planned_after);
    }
    now.stored = stored_in(history, from, write);
    join(history, now);
  }

  Values written_with(const Write& write) const {
    Values values;
    for (const auto& [name, history] : source_.fields) {
      if (is_set_aside(name)) continue;
      for (const Write& other : history.writes) {
        if (other.delivery == write.delivery) values.emplace(name, other.value);
      }
    }
    return values;
  }

  const Carriage& carriage_;
  const SourceRecord& source_;
  std::optional<std::set<EventKey>> keys_;
  std::map<EventKey, std::optional<Said>> said_;
  std::map<EventKey, CarriedValues> rebuilt_;
};

}  // namespace

const Observation* told_by(const FieldHistory& history, const EventKey& key) {
  const auto& all = history.observations;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Observation& observation) {
    return observation.event_key == key;
  });
  return found == all.end() ? nullptr : &*found;
}

HistoryOrder carried_order(const FieldHistory& now, const FieldHistory& before,
                           const HistoryOrder& order) {
  if (const HistoryOrder* found = order_in(now, before, order)) return *found;
  return {order.at, order.version, greatest_hash()};
}

FieldName set_aside(const FieldName& field) { return FieldName(aside_head + field.text); }

FieldName taken_back(const FieldName& name) {
  return FieldName(name.text.str().substr(std::string_view(aside_head).size()));
}

bool is_set_aside(const FieldName& name) { return name.text.str().starts_with(aside_head); }

SourceRecord carry_source(const Carriage& carriage, const SourceRecord& source) {
  return SourceCarrier(carriage, source).run();
}

bool drop_set_aside(SourceRecord& source) {
  return source.fields.erase_if([](const auto& named) { return is_set_aside(named.first); });
}

Carriage way_back(const Carriage& carriage, const EntityChange& change) {
  return {carriage.to,  carriage.from,       carriage.entity, change,
          Course::back, carriage.transforms, nullptr,         carriage.linked_id};
}

Fate fate_of(const Carriage& carriage, const FieldName& from, const Observation& observed,
             const SourceRecord& carried) {
  Values now;
  for (const auto& [name, origin] : carriage.change.fields) {
    const bool is_made_of_it =
        std::find(origin.from.begin(), origin.from.end(), from) != origin.from.end();
    const auto history = carried.fields.find(name);
    if (!is_made_of_it || history == carried.fields.end()) continue;
    if (origin.moves_in(carried.system)) return Fate::lossless;
    const Observation* told = told_by(history->second, observed.event_key);
    if (told) now.emplace(name, told->value);
  }
  const bool says_something = std::any_of(
      now.begin(), now.end(), [](const auto& named) { return !named.second.is_null(); });
  if (!says_something) return Fate::lost;
  const EntityChange back = inverse(carriage.change);
  const CarriedValues again = carry_values(way_back(carriage, back), carried.system, now);
  const auto restored = again.values.find(from);
  return restored != again.values.end() && same(restored->second, observed.value) ? Fate::lossless
                                                                                  : Fate::lossy;
}

}  // namespace truce
