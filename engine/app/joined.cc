#include "engine/app/joined.h"

#include <algorithm>

#include "engine/app/derive.h"
#include "engine/app/match_index.h"
#include "engine/app/stored_walk.h"
#include "engine/core/history/departure.h"

namespace truce {
namespace {

// One piece holds the writer for a moment only.
constexpr std::size_t children_a_piece = 100;
// {golden id: child}: what refers to it was derived again up to this one.
constexpr const char* to_follow_name = "references_to_follow";

void follow(Context& context, const GoldenId& child) {
  auto state = load_state(context, child);
  if (!state) return;
  if (is_known_by_references(*context.policy.entity(state->golden.entity))) {
    for (const SourceRecord& source : state->sources) make_keys_anew(context, source);
  }
  derive_noted(context, *state, "a record that it refers to was joined with another");
}

}  // namespace

GoldenId survivor_of(ReadView& store, const GoldenId& golden) {
  const auto survivor = find_survivor(store, golden);
  return survivor ? survivor->id : golden;
}

GoldenId referred_to(ReadView& store, const SourceRecord& parent) {
  const GoldenId left = left_standing_for(parent);
  return left.empty() ? survivor_of(store, parent.golden) : left;
}

Value held_reference(ReadView& store, const SystemName& system, const Field& field,
                     const Value& held) {
  if (field.type != FieldType::reference || held.is_null()) return held;
  const GoldenId survivor = survivor_of(store, GoldenId(held.text()));
  if (survivor.text == held.text()) return held;
  const auto sources = store.sources_of(survivor);
  // From one join to the next: where it was left alone, it stands for itself.
  for (GoldenId golden(held.text()); golden != survivor;) {
    const bool is_left =
        std::any_of(sources.begin(), sources.end(), [&](const SourceRecord& source) {
          return source.system == system && left_standing_for(source) == golden;
        });
    if (is_left) return Value::of_text(golden.text);
    golden = store.find_golden(golden)->merged_into;
  }
  return Value::of_text(survivor.text);
}

bool is_known_by_references(const Entity& entity) {
  const auto is_reference = [&](const FieldName& name) {
    const Field* field = entity.field(name);
    return field && field->type == FieldType::reference;
  };
  return std::any_of(entity.match.begin(), entity.match.end(), [&](const auto& tier) {
    return std::any_of(tier.begin(), tier.end(), is_reference);
  });
}

void tell_of_joins(PlanContext& plan, ReadView& store) {
  plan.survivor_of = [&store](const GoldenId& golden) { return survivor_of(store, golden); };
  plan.held_reference = [&store](const SystemName& system, const Field& field, const Value& held) {
    return held_reference(store, system, field, held);
  };
}

void follow_later(Context& context, const GoldenId& golden) {
  if (context.store.children_of(golden).empty()) return;
  Json to_follow = stored_object(context.store, to_follow_name);
  to_follow[golden.text] = "";
  store_object(context, to_follow_name, to_follow);
}

bool follow_on(Context& context) {
  Json to_follow = stored_object(context.store, to_follow_name);
  if (to_follow.empty()) return false;
  const std::string parent = to_follow.begin().key();
  const GoldenId behind(to_follow[parent].get<std::string>());
  std::vector<GoldenId> children = context.store.children_of(GoldenId(parent));
  std::erase_if(children, [&](const GoldenId& child) { return child <= behind; });
  const bool is_last = children.size() <= children_a_piece;
  if (!is_last) children.resize(children_a_piece);
  for (const GoldenId& child : children) follow(context, child);
  if (is_last)
    to_follow.erase(parent);
  else
    to_follow[parent] = children.back().text;
  store_object(context, to_follow_name, to_follow);
  return !to_follow.empty();
}

}  // namespace truce
