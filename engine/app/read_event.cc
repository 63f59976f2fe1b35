#include "engine/app/read_event.h"

#include <algorithm>

#include "engine/app/known_names.h"
#include "engine/app/private_fields.h"
#include "engine/core/normalize/transform_reach.h"

namespace truce {
namespace {

// What a program makes of a part of a record, with null for all the rest, is no word of the system:
// the fields behind one are absent there.
class NotOverParts : public Transforms {
 public:
  Result<Json> run(const std::string&, const Json&) override {
    return Json(Json::value_t::discarded);
  }
};

std::vector<std::string> changed_members(const ChangeEvent& event) {
  std::vector<std::string> names = event.changed;
  for (const auto& [name, at] : event.changed_at) names.push_back(name);
  for (const auto& [name, value] : event.previous) names.push_back(name);
  return names;
}

// What the part of a record shows as changed; nullopt: that cannot be told.
std::optional<ShownChange> change_of(const Entity& entity, const ChangeEvent& event) {
  auto change = shown_change(changed_members(event), *event.record);
  const auto id = entity.id.find(event.system);
  if (change && id != entity.id.end()) std::erase(change->members, id->second.steps.back().member);
  return change;
}

bool wants_whole(const Entity& entity, const ChangeEvent& event) {
  if (!event.record || !event.partial) return false;
  std::vector<const std::string*> programs;
  for (const auto& [name, field] : entity.fields) {
    const auto entry = field.map.find(event.system);
    if (entry == field.map.end() || !entry->second.transform) continue;
    if (field.reads(event.system)) programs.push_back(&*entry->second.transform);
  }
  if (programs.empty()) return false;
  const auto change = change_of(entity, event);
  return !change || std::any_of(programs.begin(), programs.end(), [&](const std::string* program) {
    return may_read(*program, *change);
  });
}

// Fills all but what every event has.
Result<void> understand(const EventReader& reader, const Json& node, ReadEvent& read) {
  auto event = read_change_event(node);
  if (!event) return tl::unexpected(event.error());
  if (!reader.policy.system(event->system)) {
    return tl::unexpected(unknown_system(reader.policy, event->system, "/system"));
  }
  const Entity* entity = reader.policy.entity(event->entity);
  if (!entity) return tl::unexpected(unknown_entity(reader.policy, event->entity, "/entity"));
  NormalizedRecord record;
  if (event->record) {
    NotOverParts none;
    record = normalize_record(reader.policy, *entity, event->system, *event->record,
                              event->partial ? &none : reader.transforms);
  }
  event->wants_whole = wants_whole(*entity, *event);
  const auto id = event->id ? event->id : record.id;
  if (!id || id->empty()) {
    return fail(Code::id_invalid, "no id: neither in 'id' nor in the record", "/id");
  }
  read.key = event_key(*event, *id, record);
  read.raw = to_wire(sealed_event(node, *entity, event->system, reader.secrets));
  read.id = *id;
  if (event->record) read.odd = odd_shapes(*entity, event->system, *event->record, record);
  read.record = std::move(record);
  read.event = std::move(*event);
  if (read.event.record) *read.event.record = nullptr;
  return {};
}

// What stays sealed was said; read as absent it would be lost without a word.
void refuse_sealed(const EventReader& reader, const Json& node, ReadEvent& read) {
  const std::string message =
      "it is sealed with another key: restore the secrets file that it was sealed under";
  if (read.refusal) {
    read.refusal = Problem{Code::not_allowed, message, ""};
    return;
  }
  const Json* record = find_member(node, "record");
  if (!record) return;
  for (const auto& [name, field] : reader.policy.entity(read.entity)->fields) {
    const auto entry = field.map.find(read.system);
    if (entry == field.map.end() || !is_under_seal(*record, entry->second.path)) continue;
    read.record.fields.erase(name);
    read.odd.refused.erase(name);
    read.odd.single.erase(name);
    std::erase_if(read.record.problems,
                  [&](const FieldProblem& problem) { return problem.field == name; });
    read.record.problems.push_back({name, Code::not_allowed, message});
  }
}

}  // namespace

ReadEvent read_event(const EventReader& reader, const Json& node) {
  ReadEvent read;
  read.system = SystemName(text_at(node, "system"));
  read.entity = EntityName(text_at(node, "entity"));
  if (const Result<void> understood = understand(reader, node, read); !understood) {
    read.refusal = understood.error();
    read.key = raw_event_key(node);
    // Without an entity nothing says what is private in it, so all of it is sealed.
    read.raw = to_wire(sealed(node, reader.secrets));
  }
  return read;
}

ReadEvent read_raw_event(const EventReader& reader, const std::string& raw) {
  const Opened opened = unsealed(json_of(raw), reader.secrets);
  ReadEvent read = read_event(reader, opened.node);
  if (!opened.whole) refuse_sealed(reader, opened.node, read);
  return read;
}

}  // namespace truce
