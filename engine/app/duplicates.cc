// Two golden records of which it is asked whether they are one.
#include <algorithm>
#include <array>

#include "engine/app/ingestion.h"
#include "engine/app/migrating.h"

namespace truce {
namespace {

// A person said of both that they are two: asked whether they are duplicates, or as a merge, which
// is the same question.
bool are_told_apart(Context& context, const GoldenId& a, const GoldenId& b) {
  const std::array<FieldName, 3> answers = {
      FieldName(dismissed_prefix + duplicate_subject(a, b)),
      FieldName(dismissed_prefix + ("merge/" + a.text + '/' + b.text)),
      FieldName(dismissed_prefix + ("merge/" + b.text + '/' + a.text))};
  const auto is_answer = [&](const Decision& decision) {
    return std::find(answers.begin(), answers.end(), decision.field) != answers.end();
  };
  for (const GoldenId& id : {a, b}) {
    const auto golden = context.store.find_golden(id);
    if (!golden) continue;
    const auto& decisions = golden->decisions;
    if (std::any_of(decisions.begin(), decisions.end(), is_answer)) return true;
  }
  return false;
}

std::string pairs_name(const GoldenId& golden) { return "duplicates/" + golden.text; }

// With which golden records it was asked whether they are one with it, answered or not.
Json pairs_of(ReadView& store, const GoldenId& golden) {
  const auto text = store.find_meta(pairs_name(golden));
  return text ? json_of(*text) : Json::array();
}

void note_pair(Context& context, const GoldenId& golden, const GoldenId& other) {
  Json pairs = pairs_of(context.store, golden);
  if (std::find(pairs.begin(), pairs.end(), Json(other.text)) != pairs.end()) return;
  pairs.push_back(other.text);
  context.store.put_meta(pairs_name(golden), to_wire(pairs));
}

}  // namespace

std::string duplicate_subject(const GoldenId& a, const GoldenId& b) {
  const auto& [first, second] = std::minmax(a, b);
  return "duplicate/" + first.text + '/' + second.text;
}

bool is_asked_whether_one(ReadView& store, const GoldenId& golden) {
  const Json pairs = pairs_of(store, golden);
  return std::any_of(pairs.begin(), pairs.end(), [&](const Json& other) {
    return store.unanswered_exception(
        duplicate_subject(golden, GoldenId(other.get<std::string>())));
  });
}

void hold_creates_back(Context& context, const GoldenId& golden) {
  if (!is_asked_whether_one(context.store, golden)) return;
  auto state = read_state(context.store, context.policy, golden);
  if (!state || state->golden.id != golden) return;
  // It comes along later, and is derived then.
  const bool awaits_carrying = is_migrating(context, state->golden.entity) &&
                               state->golden.policy_sha256 != context.policy.sha256;
  const auto& deliveries = state->deliveries;
  const bool waits = std::any_of(deliveries.begin(), deliveries.end(), [](const Delivery& one) {
    return is_unsent(one) && one.intended == Operation::create;
  });
  if (!waits || awaits_carrying) return;
  derive_noted(context, *state, "it is asked whether another record is the same");
}

void open_duplicate(Context& context, const Entity& entity, const GoldenId& a, const GoldenId& b) {
  const auto& [first, second] = std::minmax(a, b);
  ExceptionItem item;
  item.category = Category::duplicate;
  item.subject = duplicate_subject(a, b);
  if (context.store.unanswered_exception(item.subject) || are_told_apart(context, a, b)) return;
  item.entity = entity.name;
  item.golden = first;
  item.actions = {"join", "keep_apart"};
  item.detail = {{"golden_ids", Json::array({first.text, second.text})},
                 {"why", "two records have the same match key"}};
  open_item(context, std::move(item));
  note_pair(context, a, b);
  note_pair(context, b, a);
  hold_creates_back(context, b);
}

}  // namespace truce
