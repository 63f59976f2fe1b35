#include "engine/app/record_view.h"

#include "engine/app/derive.h"
#include "engine/app/joined.h"
#include "engine/core/survive/as_joined.h"

namespace truce {

std::string_view word_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::assertion:
      return "assertion";
    case EntryKind::repeat:
      return "repeat";
    case EntryKind::echo:
      return "echo";
    case EntryKind::stale:
      return "stale";
    case EntryKind::blank:
      return "blank";
    case EntryKind::write:
      return "write";
  }
  return "assertion";
}

std::string_view word_of(Base::State state) {
  switch (state) {
    case Base::State::never:
      return "never";
    case Base::State::known:
      return "known";
    case Base::State::unknown:
      return "unknown";
  }
  return "unknown";
}

Json provenance_json(const Provenance& provenance) {
  return {{"system", provenance.system.text},
          {"changed_at", to_rfc3339(provenance.changed_at)},
          {"evidence", std::string(to_string(provenance.evidence))},
          {"event_key", provenance.event_key.text()}};
}

Json lineage_json(const GoldenField& field) {
  return {{"system", field.system.text},
          {"changed_at", to_rfc3339(field.changed_at)},
          {"evidence", std::string(to_string(field.evidence))},
          {"rule", field.rule},
          {"why", field.why},
          {"event_key", field.event_key.text()},
          {"contested", field.contested}};
}

Result<GoldenRecord> find_living(Reader& reader, const EntityName& entity, GoldenId id) {
  auto golden = find_survivor(reader.store, id);
  if (!golden || golden->entity != entity) {
    return fail(Code::not_found, "there is no such golden record of this entity");
  }
  return std::move(*golden);
}

void derive_views(Reader& reader, const Entity& entity, const GoldenRecord& golden,
                  Derived& derived) {
  derived.sources = reader.store.sources_of(golden.id);
  for (const SourceRecord& source : derived.sources) {
    if (!reader.policy.system(source.system)) continue;
    derived.views.push_back(view_source(reader.policy, entity, source));
  }
  const SurvivorOf survivor = [&reader](const GoldenId& id) {
    return survivor_of(reader.store, id);
  };
  read_as_joined(derived.views, survivor);
  derived.survivors = survive(reader.policy, entity, derived.views,
                              decisions_as_joined(entity, golden.decisions, survivor));
}

}  // namespace truce
