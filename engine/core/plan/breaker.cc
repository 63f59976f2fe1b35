#include <algorithm>

#include "engine/core/plan/planning.h"

namespace truce {
namespace {

void count(Flips& flips, const PlanContext& context) {
  std::erase_if(flips.at,
                [&](Time at) { return at < context.now - context.entity.breaker_window; });
  flips.at.push_back(context.now);
  if (flips.at.size() > context.entity.breaker_flips) flips.frozen = true;
}

// A flip: the value goes back to the one before the last change.
void count_flip(Flips& flips, const FieldChange& change, const PlanContext& context) {
  const Value before = change.before ? change.before->value : Value::null();
  const Value after = change.after ? change.after->value : Value::null();
  if (same(after, flips.previous) && !same(after, before)) count(flips, context);
  flips.previous = before;
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

void count_rewrite(Planning& planning, const SourceRecord& target, const FieldName& field,
                   const Value& value) {
  const auto& changes = planning.plan.changes;
  const bool is_news = std::any_of(changes.begin(), changes.end(), [&](const FieldChange& change) {
    return change.field == field;
  });
  const auto history = target.fields.find(field);
  if (is_news || history == target.fields.end()) return;
  const auto& writes = history->second.writes;
  const auto last = std::find_if(writes.rbegin(), writes.rend(), [](const Write& write) {
    return write.state == Write::State::acknowledged;
  });
  if (last == writes.rend() || !same(last->value, value)) return;
  count(planning.state.golden.flips[field], planning.context);
}

void watch_flips(Planning& planning, std::vector<Wanted>& wanted) {
  GoldenRecord& golden = planning.state.golden;
  for (const FieldChange& change : planning.plan.changes) {
    if (!change.before) continue;
    count_flip(golden.flips[change.field], change, planning.context);
  }
  for (const auto& [name, flips] : golden.flips) {
    if (flips.frozen && planning.context.entity.field(name)) {
      wanted.push_back(frozen_item(planning, name));
    }
  }
}

}  // namespace truce
