#include <algorithm>

#include "engine/core/plan/planning.h"
#include "engine/core/plan/unshown.h"
#include "engine/core/policy/roles.h"
#include "engine/core/survive/contender.h"

namespace truce {
namespace {

// Items that plan() opens and closes by the facts; the others belong to the use case that made
// them.
bool is_derived(Category category) {
  switch (category) {
    case Category::conflict:
    case Category::immutable:
    case Category::oscillation:
    case Category::erase:
    case Category::drift:
      return true;
    default:
      return false;
  }
}

// A dead letter whose delivery has nothing left to say: nobody could replay it any more.
bool is_moot(const Planning& planning, const ExceptionItem& item) {
  if (item.category != Category::dead_letter && item.category != Category::lookup) return false;
  const auto& deliveries = planning.plan.deliveries;
  return std::any_of(deliveries.begin(), deliveries.end(), [&](const Delivery& delivery) {
    return delivery.id == item.delivery && delivery.state == DeliveryState::withdrawn;
  });
}

bool dismissed(const GoldenRecord& golden, const Wanted& wanted) {
  const FieldName name(dismissed_prefix + wanted.subject);
  return std::any_of(
      golden.decisions.begin(), golden.decisions.end(), [&](const Decision& decision) {
        return decision.field == name && decision.note == fingerprint(wanted.question.candidates);
      });
}

std::string owner_of(const Entity& entity, const Wanted& wanted) {
  const auto own = entity.owner_of.find(wanted.system);
  return own == entity.owner_of.end() ? entity.owner : own->second;
}

// Whoever answers for a group decides about all of its fields.
std::vector<std::string> roles_of(const Entity& entity, const Wanted& wanted) {
  std::vector<FieldName> names = wanted.question.members;
  if (names.empty()) names.push_back(wanted.field);
  std::vector<const Field*> fields;
  for (const FieldName& name : names) {
    if (const Field* field = entity.field(name)) fields.push_back(field);
  }
  return common_roles(fields);
}

ExceptionItem open_item(const Planning& planning, const Wanted& wanted) {
  ExceptionItem item;
  item.id = ExceptionId(planning.context.next_id("x"));
  item.category = wanted.question.category;
  item.subject = wanted.subject;
  item.entity = planning.context.entity.name;
  item.golden = planning.state.golden.id;
  item.system = wanted.system;
  item.actions = wanted.actions;
  item.opened_at = planning.context.now;
  item.updated_at = planning.context.now;
  item.due_at = planning.context.now +
                planning.context.policy.open_limit(std::string(to_string(item.category)));
  return item;
}

bool is_private(const Entity& entity, const Wanted& wanted) {
  std::vector<FieldName> fields = wanted.question.members;
  fields.push_back(wanted.field);
  return std::any_of(fields.begin(), fields.end(), [&](const FieldName& name) {
    const Field* field = entity.field(name);
    return field && field->is_private;
  });
}

// Whoever answers chooses a system; the values are where the record is.
void hide_values(Wanted& wanted) {
  for (Candidate& candidate : wanted.question.candidates) {
    candidate.value = unshown(candidate.value);
  }
  wanted.question.base.reset();
  wanted.detail[private_item] = true;
}

void show(const Entity& entity, ExceptionItem& item, const Wanted& wanted) {
  item.field = wanted.field;
  item.owner = owner_of(entity, wanted);
  item.roles = roles_of(entity, wanted);
  item.base = wanted.question.base;
  item.candidates = wanted.question.candidates;
  item.detail = wanted.detail;
}

bool is_as_shown(const Entity& entity, const ExceptionItem& item, const Wanted& wanted) {
  const auto& base = wanted.question.base;
  const bool is_same_base = item.base && base ? same(*item.base, *base) : !item.base && !base;
  return is_same_base && fingerprint(item.candidates) == fingerprint(wanted.question.candidates) &&
         item.field == wanted.field && item.owner == owner_of(entity, wanted) &&
         item.roles == roles_of(entity, wanted);
}

// A decision that was made elsewhere since the question was asked, an undo's say, and that stands.
const Decision* decision_since(const Planning& planning, const ExceptionItem& item) {
  const auto& decisions = planning.state.golden.decisions;
  const Decision* decision = nullptr;
  if (item.category == Category::erase) {
    decision = latest_of(delete_question, decisions);
  } else if (const auto survivor = planning.plan.survivors.find(item.field);
             survivor != planning.plan.survivors.end() && survivor->second.field &&
             survivor->second.field->rule == "decision") {
    decision = latest_of(item.field, decisions);
  }
  return decision && decision->decided_at >= item.opened_at ? decision : nullptr;
}

void close(const Planning& planning, ExceptionItem& item) {
  item.state = ExceptionState::resolved;
  item.closed_at = item.updated_at = planning.context.now;
  const Decision* decision = decision_since(planning, item);
  item.closed_by = decision ? decision->actor : "truce";
  item.resolution = decision ? "a decision settled it" : "the facts settled it";
  if (decision && !decision->note.empty()) item.resolution += ": " + decision->note;
}

}  // namespace

Value unshown(const Value& value) {
  return value.is_null() ? value : Value::of_text("", value_hash(value).hex());
}

void settle_items(Planning& planning, std::vector<Wanted> wanted) {
  const Entity& entity = planning.context.entity;
  for (Wanted& one : wanted) {
    if (is_private(entity, one)) hide_values(one);
  }
  std::vector<ExceptionItem>& items = planning.state.items;
  std::vector<ExceptionItem> open;
  for (ExceptionItem& item : items) {
    const auto found = std::find_if(wanted.begin(), wanted.end(),
                                    [&](const Wanted& one) { return one.subject == item.subject; });
    if (found == wanted.end() && (is_derived(item.category) || is_moot(planning, item))) {
      close(planning, item);
      planning.plan.items.push_back(item);
      continue;
    }
    if (found != wanted.end()) {
      if (!is_as_shown(entity, item, *found)) {
        show(entity, item, *found);
        ++item.version;
        item.updated_at = planning.context.now;
        planning.plan.items.push_back(item);
      }
      wanted.erase(found);
    }
    open.push_back(item);
  }
  for (const Wanted& one : wanted) {
    if (dismissed(planning.state.golden, one)) continue;
    ExceptionItem item = open_item(planning, one);
    show(entity, item, one);
    planning.plan.items.push_back(item);
    open.push_back(std::move(item));
  }
  items = std::move(open);
}

}  // namespace truce
