#include <algorithm>

#include "engine/core/plan/planning.h"

namespace truce {
namespace {

// A flip: the value goes back to the one before the last change.
void count_flip(Flips& flips, const FieldChange& change, const Entity& entity, Time now) {
  const Value before = change.before ? change.before->value : Value::null();
  const Value after = change.after ? change.after->value : Value::null();
  std::erase_if(flips.at, [&](Time at) { return at < now - entity.breaker_window; });
  if (same(after, flips.previous) && !same(after, before)) flips.at.push_back(now);
  flips.previous = before;
  if (flips.at.size() > entity.breaker_flips) flips.frozen = true;
}

Wanted frozen_item(const Planning& planning, const FieldName& name) {
  Wanted item;
  item.subject = subject_of(Category::oscillation, planning.state.golden.id, name.text);
  item.field = name;
  item.actions = {"release"};
  item.question.category = Category::oscillation;
  Json systems = Json::array();
  const Field* field = planning.context.entity.field(name);
  for (const SourceView& view : planning.views) {
    const Timeline* timeline = view.timeline(name);
    if (!timeline || timeline->assertions.empty()) continue;
    const Assertion& last = timeline->assertions.back();
    item.question.candidates.push_back(
        {view.system->name, last.value, last.changed_at, last.evidence, last.actor, last.order});
    Json system{{"system", view.system->name.text}};
    const auto entry = field->map.find(view.system->name);
    if (entry != field->map.end() && entry->second.transform) {
      system["transform"] = *entry->second.transform;
    }
    systems.push_back(std::move(system));
  }
  item.detail["systems"] = std::move(systems);
  return item;
}

}  // namespace

bool is_frozen(const GoldenRecord& golden, const FieldName& field) {
  const auto flips = golden.flips.find(field);
  return flips != golden.flips.end() && flips->second.frozen;
}

void watch_flips(Planning& planning, std::vector<Wanted>& wanted) {
  GoldenRecord& golden = planning.state.golden;
  for (const FieldChange& change : planning.plan.changes) {
    if (!change.before) continue;
    count_flip(golden.flips[change.field], change, planning.context.entity, planning.context.now);
  }
  for (const auto& [name, flips] : golden.flips) {
    if (flips.frozen && planning.context.entity.field(name)) {
      wanted.push_back(frozen_item(planning, name));
    }
  }
}

}  // namespace truce
