#include "engine/app/read_event.h"

#include "engine/app/private_fields.h"

namespace truce {
namespace {

// Fills all but what every event has.
Result<void> understand(const EventReader& reader, const Json& node, ReadEvent& read) {
  auto event = read_change_event(node);
  if (!event) return tl::unexpected(event.error());
  if (!reader.policy.system(event->system)) {
    return fail(Code::unknown_system,
                "the policy has no system '" + shown(event->system.text) + "'", "/system");
  }
  const Entity* entity = reader.policy.entity(event->entity);
  if (!entity) {
    return fail(Code::unknown_entity,
                "the policy has no entity '" + shown(event->entity.text) + "'", "/entity");
  }
  NormalizedRecord record;
  if (event->record) {
    record =
        normalize_record(reader.policy, *entity, event->system, *event->record, reader.transforms);
  }
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
  return read_event(reader, unsealed(json_of(raw), reader.secrets));
}

}  // namespace truce
