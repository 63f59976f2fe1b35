#include "sidecar/simulate/simulated_system.h"

#include <algorithm>

#include "engine/core/normalize/normalize.h"

namespace truce::simulate {

SimulatedSystem::SimulatedSystem(const Model& model, std::size_t index, Duration clock_error,
                                 Tell tell)
    : model_(model), index_(index), clock_error_(clock_error), tell_(std::move(tell)) {}

Time SimulatedSystem::clock(Time now) const { return Time::of_ms((now + clock_error_).us / 1000); }

Record& SimulatedSystem::enter(Time now, std::size_t entity, Thing thing,
                               const std::map<std::size_t, Text>& values, Author author) {
  // Digits with the system's number in front: no two systems share an id.
  const std::string id = std::to_string(index_ + 1) + std::to_string(++next_id_);
  Record& record = records_[id];
  record.id = id;
  record.entity = entity;
  record.thing = thing;
  record.entered = author == Author::person;
  for (const std::string& other : by_thing_[thing]) {
    record.doubles |= author == Author::api && records_.at(other).alive();
  }
  record.values.resize(model_.entities[entity].fields.size());
  by_thing_[thing].push_back(id);
  std::vector<std::size_t> changed;
  for (const auto& [index, value] : values) {
    const FieldModel& field = model_.entities[entity].fields[index];
    if (!field.in[index_].present) continue;
    record.values[index] = kept(field, index_, value);
    if (!record.values[index].empty()) changed.push_back(index);
  }
  revise(now, record, std::move(changed), true, author);
  return record;
}

std::vector<std::size_t> SimulatedSystem::change(Time now, Record& record,
                                                 const std::map<std::size_t, Text>& values,
                                                 Author author) {
  std::vector<std::size_t> changed;
  for (const auto& [index, value] : values) {
    const FieldModel& field = model_.entities[record.entity].fields[index];
    if (!field.in[index_].present) continue;
    Text held = kept(field, index_, value);
    if (record.values[index] == held) continue;
    record.values[index] = std::move(held);
    changed.push_back(index);
  }
  if (!changed.empty()) revise(now, record, changed, false, author);
  return changed;
}

void SimulatedSystem::revise(Time now, Record& record, std::vector<std::size_t> changed,
                             bool is_new, Author author) {
  record.modified = clock(now);
  Revision revision{record.modified, is_new, std::move(changed), record.values, nullptr, author};
  revision.body = body_of(record);
  record.revisions.push_back(revision);
  Webhook told = webhook(Webhook::Kind::upsert, record, record.modified);
  told.changed = std::move(revision.changed);
  told.body = std::move(revision.body);
  told.is_new = is_new;
  told.author = author;
  tell_(told, record);
}

void SimulatedSystem::erase(Time now, Record& record, Author author) {
  record.deleted_at = clock(now);
  Webhook told = webhook(Webhook::Kind::erase, record, *record.deleted_at);
  told.author = author;
  tell_(told, record);
}

void SimulatedSystem::restore(Time now, Record& record) {
  record.deleted_at.reset();
  record.restored_at = clock(now);
  Webhook told = webhook(Webhook::Kind::restore, record, *record.restored_at);
  told.body = record.revisions.back().body;
  tell_(told, record);
}

void SimulatedSystem::merge(Time now, Record& loser, Record& winner) {
  loser.merged_into = winner.id;
  loser.deleted_at = clock(now);
  Webhook told = webhook(Webhook::Kind::merge, loser, *loser.deleted_at);
  told.merged_into = winner.id;
  tell_(told, loser);
}

Webhook SimulatedSystem::webhook(Webhook::Kind kind, const Record& record, Time at) const {
  Webhook told;
  told.kind = kind;
  told.system = index_;
  told.entity = record.entity;
  told.record_id = record.id;
  told.occurred_at = at;
  return told;
}

std::shared_ptr<const Json> SimulatedSystem::body_of(const Record& record) const {
  const EntityModel& entity = model_.entities[record.entity];
  const SystemName& name = model_.systems[index_]->name;
  // The body before it, with what changed: a record is mostly as it was.
  const bool fresh = record.revisions.empty();
  auto body = std::make_shared<Json>(fresh ? Json::object() : *record.revisions.back().body);
  for (const FieldModel& field : entity.fields) {
    if (!field.in[index_].present) continue;
    const Text& value = record.values[field.index];
    if (!fresh && record.revisions.back().values[field.index] == value) continue;
    write_path(*body, field.in[index_].entry->path, form_of(field, index_, value));
  }
  if (const auto id = entity.rules->id.find(name); fresh && id != entity.rules->id.end()) {
    write_path(*body, id->second, record.id);
  }
  if (const auto at = entity.rules->modified.find(name); at != entity.rules->modified.end()) {
    write_path(*body, at->second, to_rfc3339(record.modified));
  }
  return body;
}

Record* SimulatedSystem::find(const std::string& id) {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

const Record* SimulatedSystem::find(const std::string& id) const {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

std::vector<Record*> SimulatedSystem::records_of(Thing thing) {
  std::vector<Record*> found;
  for (const std::string& id : by_thing_[thing]) found.push_back(&records_.at(id));
  return found;
}

std::vector<const Record*> SimulatedSystem::records_of(Thing thing) const {
  std::vector<const Record*> found;
  const auto ids = by_thing_.find(thing);
  if (ids == by_thing_.end()) return found;
  for (const std::string& id : ids->second) found.push_back(&records_.at(id));
  return found;
}

std::shared_ptr<const Json> SimulatedSystem::shown_at(const Record& record, Time at) const {
  const Time shown = clock(at);
  if (record.deleted_at && *record.deleted_at <= shown) return nullptr;
  std::shared_ptr<const Json> body;
  for (const Revision& revision : record.revisions) {
    if (revision.at <= shown) body = revision.body;
  }
  return body;
}

FieldHistory SimulatedSystem::history_at(const Record& record, Time at) const {
  const Time shown = clock(at);
  FieldHistory history;
  std::shared_ptr<const Json> before;
  for (const Revision& revision : record.revisions) {
    if (revision.at > shown) break;
    history.push_back({revision.at, revision.changed, revision.body, before});
    before = revision.body;
  }
  return history;
}

std::map<std::size_t, Text> SimulatedSystem::read(std::size_t entity, const Json& body) const {
  std::map<std::size_t, Text> values;
  for (const FieldModel& field : model_.entities[entity].fields) {
    if (!field.in[index_].present) continue;
    const MapEntry& entry = *field.in[index_].entry;
    const Json* form = read_path(body, entry.write.value_or(entry.path));
    if (form) values.emplace(field.index, text_of(model_, field, index_, *form));
  }
  return values;
}

std::vector<const Record*> SimulatedSystem::with_key(
    std::size_t entity, const std::map<std::size_t, Text>& values) const {
  const EntityModel& rules = model_.entities[entity];
  std::vector<const Record*> found;
  for (const auto& [id, record] : records_) {
    if (record.entity != entity || !record.alive()) continue;
    bool agrees = false;
    for (const FieldModel& field : rules.fields) {
      const auto value = values.find(field.index);
      if (!field.is_key || !field.in[index_].present) continue;
      if (value == values.end() || value->second.empty()) continue;
      agrees = kept(field, index_, value->second) == record.values[field.index];
      if (!agrees) break;
    }
    if (agrees) found.push_back(&record);
  }
  return found;
}

}  // namespace truce::simulate
