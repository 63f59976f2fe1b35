#include <algorithm>

#include "engine/core/migrate/value_forms.h"

namespace truce {
namespace {

std::vector<FieldName> made_of(const EntityChange& change, const FieldName& name) {
  std::vector<FieldName> made;
  for (const auto& [to, origin] : change.fields) {
    const auto& from = origin.from;
    if (std::find(from.begin(), from.end(), name) != from.end()) made.push_back(to);
  }
  return made;
}

// What a field is only called now; nullopt: it is more than that.
std::optional<FieldName> only_called(const EntityChange& change, const FieldName& name) {
  if (!change.before.contains(name)) return name;
  for (const auto& [to, origin] : change.fields) {
    if (origin.moves_everywhere() && origin.from.front() == name) return to;
  }
  return std::nullopt;
}

class StateCarrier {
 public:
  StateCarrier(const Carriage& carriage, RecordState& state)
      : carriage_(carriage), state_(state), before_(state.sources) {}

  void run() {
    for (SourceRecord& source : state_.sources) source = carry_source(carriage_, source);
    carry_decisions();
    carry_flips();
    carry_shown();
    for (Delivery& delivery : state_.deliveries) carry_delivery(delivery);
    for (ExceptionItem& item : state_.items) carry_item(item);
  }

 private:
  bool is_onwards() const { return carriage_.course == Course::onwards; }

  std::optional<FieldName> called_now(const FieldName& name) const {
    return only_called(carriage_.change, name);
  }

  void carry_decisions() {
    std::vector<Decision> carried;
    std::set<DecisionId> restored;
    for (const Decision& decision : state_.golden.decisions) {
      if (is_onwards() || !is_set_aside(decision.field)) continue;
      restored.insert(decision.id);
      carried.push_back(decision);
      carried.back().field = taken_back(decision.field);
    }
    for (const Decision& decision : state_.golden.decisions) {
      const auto name = called_now(question_field(decision));
      if (is_set_aside(decision.field) || restored_already(decision, restored)) continue;
      if (name) {
        carried.push_back(renamed(decision, *name));
        continue;
      }
      if (is_onwards()) {
        carried.push_back(decision);
        carried.back().field = set_aside(decision.field);
      }
      for (const FieldName& to : made_of(carriage_.change, decision.field))
        carry_decision(decision, to, carried);
    }
    state_.golden.decisions = std::move(carried);
  }

  bool restored_already(const Decision& decision, const std::set<DecisionId>& restored) const {
    return carriage_.change.before.contains(decision.field) && restored.contains(decision.id);
  }

  // The field that a decision is about; of a dismissed question, the one in its subject.
  FieldName question_field(const Decision& decision) const {
    const std::string& text = decision.field.text;
    if (!text.starts_with(dismissed_prefix)) return decision.field;
    const auto place = place_in_subject(text);
    return place ? FieldName(text.substr(place->first, place->second)) : decision.field;
  }

  // In ".../GOLDEN/FIELD" or ".../GOLDEN/FIELD/…": where the field stands and how long it is.
  std::optional<std::pair<std::size_t, std::size_t>> place_in_subject(
      const std::string& subject) const {
    const std::string head = '/' + state_.golden.id.text + '/';
    const std::size_t found = subject.find(head);
    if (found == std::string::npos) return std::nullopt;
    const std::size_t begin = found + head.size();
    return std::pair(begin, std::min(subject.find('/', begin), subject.size()) - begin);
  }

  Decision renamed(Decision decision, const FieldName& name) const {
    std::string subject = decision.field.text;
    if (!subject.starts_with(dismissed_prefix)) {
      decision.field = name;
    } else if (const auto place = place_in_subject(subject)) {
      decision.field = FieldName(subject.replace(place->first, place->second, name.text.str()));
    }
    return decision;
  }

  void carry_decision(const Decision& decision, const FieldName& to,
                      std::vector<Decision>& carried) const {
    const auto value = carried_decision(carriage_, state_.golden, decision, to);
    if (!value) return;
    Decision now = decision;
    now.field = to;
    now.value = *value;
    for (auto& [system, order] : now.seen) order = seen_now(system, decision.field, to, order);
    carried.push_back(std::move(now));
  }

  HistoryOrder seen_now(const SystemName& system, const FieldName& from, const FieldName& to,
                        const HistoryOrder& order) const {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].system != system) continue;
      const auto was = before_[i].fields.find(from);
      const auto is = state_.sources[i].fields.find(to);
      if (was == before_[i].fields.end() || is == state_.sources[i].fields.end()) continue;
      return carried_order(is->second, was->second, order);
    }
    return carried_order({}, {}, order);
  }

  void carry_flips() {
    std::map<FieldName, Flips> carried;
    for (const auto& [name, flips] : state_.golden.flips) {
      if (is_set_aside(name)) continue;
      const auto now = called_now(name);
      if (now)
        carried.emplace(*now, flips);
      else if (is_onwards())
        carried.emplace(set_aside(name), flips);
    }
    for (const auto& [name, origin] : carriage_.change.fields) {
      const auto kept = state_.golden.flips.find(set_aside(name));
      if (!is_onwards() && kept != state_.golden.flips.end()) carried[name] = kept->second;
    }
    state_.golden.flips = std::move(carried);
  }

  // Derived anew, but what is only called otherwise has not changed.
  void carry_shown() {
    std::map<FieldName, GoldenField> carried;
    for (const auto& [name, shown] : state_.golden.fields) {
      if (const auto now = called_now(name)) carried.emplace(*now, shown);
    }
    state_.golden.fields = std::move(carried);
  }

  void carry_delivery(Delivery& delivery) const {
    Values values;
    for (const auto& [name, field] : delivery.fields) values.emplace(name, field.value);
    const CarriedValues found = carry_values(carriage_, delivery.system, values);
    std::map<FieldName, DeliveryField> carried;
    for (const auto& [name, field] : delivery.fields) {
      if (!carriage_.change.before.contains(name)) carried.emplace(name, field);
    }
    for (const auto& [name, origin] : carriage_.change.fields) {
      const DeliveryField* model = nullptr;
      for (const FieldName& from : origin.from) {
        const auto field = delivery.fields.find(from);
        if (field != delivery.fields.end()) model = &field->second;
      }
      const auto value = found.values.find(name);
      if (!model || value == found.values.end()) continue;
      DeliveryField field = *model;
      field.value = value->second;
      if (!origin.moves_in(delivery.system)) note_as_written(delivery, name, field);
      carried.emplace(name, std::move(field));
    }
    delivery.fields = std::move(carried);
    rename_all(delivery.refused);
    rename_all(delivery.lossy);
  }

  // Handed out, it stands in the target's history; what it was there before is what it is again.
  void note_as_written(const Delivery& delivery, const FieldName& name,
                       DeliveryField& field) const {
    for (const SourceRecord& source : state_.sources) {
      const auto history = source.fields.find(name);
      if (source.system != delivery.system || history == source.fields.end()) continue;
      for (const Write& write : history->second.writes) {
        if (!write.delivery.text.starts_with(delivery.id.text + '/')) continue;
        if (write.state == Write::State::unknown && write.value.text().empty()) continue;
        field.value = write.value;
        field.planned_after = write.planned_after;
        return;
      }
      if (!field.planned_after || history->second.observations.empty()) continue;
      field.planned_after = carried_order(history->second, {}, *field.planned_after);
    }
  }

  void rename_all(std::vector<FieldName>& names) const {
    for (FieldName& name : names) name = called_now(name).value_or(name);
  }

  void carry_item(ExceptionItem& item) const {
    const auto now = called_now(item.field);
    if (!now || *now == item.field) return;
    const std::string refused = '/' + item.record.text + '/' + item.field.text + '/';
    if (const auto place = place_in_subject(item.subject);
        place && item.subject.substr(place->first, place->second) == item.field.text) {
      item.subject.replace(place->first, place->second, now->text);
    } else if (const std::size_t found = item.subject.find(refused); found != std::string::npos) {
      item.subject.replace(found, refused.size(), '/' + item.record.text + '/' + now->text + '/');
    }
    item.field = *now;
  }

  const Carriage& carriage_;
  RecordState& state_;
  const std::vector<SourceRecord> before_;
};

}  // namespace

void carry_state(const Carriage& carriage, RecordState& state) {
  StateCarrier(carriage, state).run();
}

std::optional<Value> carried_decision(const Carriage& carriage, const GoldenRecord& golden,
                                      const Decision& decision, const FieldName& to) {
  if (decision.value.is_null()) return decision.value;
  Values values;
  for (const auto& [name, shown] : golden.fields) values.emplace(name, shown.value);
  values[decision.field] = decision.value;
  for (const auto& [system, entry] : carriage.to.entity(carriage.entity)->fields.at(to).map) {
    const CarriedValues found = carry_values(carriage, system, values);
    const auto value = found.values.find(to);
    if (value != found.values.end()) return value->second;
  }
  return std::nullopt;
}

Fate fate_of(const Carriage& carriage, const GoldenRecord& golden, const Decision& decision) {
  if (decision.value.is_null() || only_called(carriage.change, decision.field)) {
    return Fate::lossless;
  }
  Values now;
  for (const FieldName& to : made_of(carriage.change, decision.field)) {
    const auto value = carried_decision(carriage, golden, decision, to);
    if (value && !value->is_null()) now.emplace(to, *value);
  }
  if (now.empty()) return Fate::lost;
  const EntityChange change = inverse(carriage.change);
  const Carriage back = way_back(carriage, change);
  const Field& field = carriage.from.entity(carriage.entity)->fields.at(decision.field);
  const bool is_restored = std::any_of(field.map.begin(), field.map.end(), [&](const auto& entry) {
    const CarriedValues again = carry_values(back, entry.first, now);
    const auto restored = again.values.find(decision.field);
    return restored != again.values.end() && same(restored->second, decision.value);
  });
  return is_restored ? Fate::lossless : Fate::lossy;
}

bool drop_set_aside(GoldenRecord& golden) {
  const std::size_t decisions = std::erase_if(
      golden.decisions, [](const Decision& decision) { return is_set_aside(decision.field); });
  const std::size_t flips =
      std::erase_if(golden.flips, [](const auto& named) { return is_set_aside(named.first); });
  return decisions + flips > 0;
}

}  // namespace truce
