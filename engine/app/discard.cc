#include "engine/app/discard.h"

namespace truce {
namespace {

const Observation* last_of(const SourceRecord& source, const FieldName& field) {
  const auto history = source.fields.find(field);
  if (history == source.fields.end() || history->second.observations.empty()) return nullptr;
  return &history->second.observations.back();
}

}  // namespace

void Discard::overrule(const ParkedEvent& parked) {
  const ReadEvent read =
      read_raw_event({context_.policy, context_.transforms, context_.secrets}, parked.body);
  if (read.refusal) return;
  // Nobody deleted anything: a snapshot did not show it.
  const bool is_delete = read.event.operation == EventOperation::erase;
  if (is_delete && read.event.event_id == snapshot_event_id) return;
  const auto source = context_.store.find_source(read.system, read.entity, read.id);
  if (!source || source->golden.empty()) return;
  const auto before = context_.store.find_golden(source->golden);
  ingest_released(context_, parked);
  auto state = load_state(context_, source->golden);
  if (!before || !state) return;
  const DecisionId id(context_.ids.next("c"));
  for (const SourceRecord& now : state->sources) {
    if (now.system != read.system || now.id != read.id) continue;
    if (is_delete && now.deleted_at) {
      Decision restore{id,
                       delete_question,
                       Value::of_text("restore"),
                       context_.now,
                       actor_,
                       "mass change discarded",
                       {}};
      restore.seen[now.system].at = *now.deleted_at;
      state->golden.decisions.push_back(std::move(restore));
    }
    refuse_values(*before, *source, now, id, *state);
  }
  derive_noted(context_, *state, "a mass change was discarded");
}

void Discard::refuse_values(const GoldenRecord& before, const SourceRecord& known,
                            const SourceRecord& now, const DecisionId& id, RecordState& state) {
  const Entity& entity = *context_.policy.entity(before.entity);
  std::map<FieldName, Value> kept;
  for (const auto& [name, shown_before] : before.fields) {
    const Field* field = entity.field(name);
    const Observation* said = last_of(now, name);
    if (!field || !said || shown_before.contested) continue;
    if (same(said->value, shown_before.value) || !is_refused(known, now, *field)) continue;
    for (const FieldName& member : tuple_of(entity, name)) {
      const auto shown = before.fields.find(member);
      kept[member] = shown == before.fields.end() ? Value::null() : shown->second.value;
    }
  }
  for (const auto& [name, value] : kept) {
    state.golden.decisions.push_back({id, name, value, context_.now, actor_,
                                      "mass change discarded",
                                      heard_of(entity, name, state.sources)});
  }
}

// The event says of the field what was not known of the record, or a held event before it did.
bool Discard::is_refused(const SourceRecord& known, const SourceRecord& now, const Field& field) {
  const std::tuple place{now.system, now.id, field.name};
  if (refused_.contains(place)) return true;
  const Observation* before = last_of(known, field.name);
  const Observation* said = last_of(now, field.name);
  if (before && before->order == said->order) return false;
  const auto history = known.fields.find(field.name);
  const System* system = context_.policy.system(now.system);
  if (history != known.fields.end() && system) {
    const auto timeline =
        remembered_timeline(history->second, mark_of(context_.policy), *system, field);
    const Base& base = timeline->base;
    if (base.state == Base::State::known && same(base.value, said->value)) return false;
  }
  return refused_.insert(place).second;
}

}  // namespace truce
