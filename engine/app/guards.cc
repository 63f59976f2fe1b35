// The mass-change guard: it stands before join, so that a held event is no fact yet.
#include <algorithm>

#include "engine/app/ingestion.h"

namespace truce {
namespace {

std::string guard_subject(const Arrival& arrival, GuardedChange kind) {
  return "held_change/" + arrival.system.name.text + '/' + arrival.entity.name.text + '/' +
         std::string(to_string(kind));
}

// The records of which a share may change.
std::size_t count_guarded_among(Context& context, const Entity& entity, std::size_t made) {
  const std::size_t all = context.store.count_goldens(entity.name);
  return all - std::min(all, made);
}

}  // namespace

std::string_view to_string(GuardedChange kind) {
  switch (kind) {
    case GuardedChange::erase:
      return "delete";
    case GuardedChange::clear:
      return "clear";
    case GuardedChange::change:
      return "change";
  }
  return "change";
}

ExceptionItem held_item(const Arrival& arrival, GuardedChange kind, std::size_t changed,
                        std::size_t all) {
  ExceptionItem item;
  item.category = Category::held_change;
  item.subject = guard_subject(arrival, kind);
  item.entity = arrival.entity.name;
  item.system = arrival.system.name;
  item.actions = {"release", "discard"};
  item.detail = {{"change", std::string(to_string(kind))},
                 {"records_changed", changed},
                 {"records", all},
                 {"window_ms", arrival.entity.guard.window.ms()}};
  return item;
}

bool is_mass_change(Context& context, const SystemName& system, const Entity& entity,
                    GuardedChange kind, const RecordId& record, std::size_t foreseen,
                    std::size_t made) {
  const std::string name(to_string(kind));
  context.store.note_guarded(system, entity.name, name, record, context.now);
  const std::size_t changed =
      foreseen +
      context.store.count_guarded(system, entity.name, name, context.now - entity.guard.window);
  if (changed <= entity.guard.count) return false;
  const std::size_t all = count_guarded_among(context, entity, made);
  return static_cast<double>(changed) > entity.guard.share * static_cast<double>(all);
}

bool is_held(Context& context, const Arrival& arrival, GuardedChange kind, Findings& findings,
             std::size_t foreseen) {
  if (arrival.past_guard) return false;
  // Ordinary work changes many records an hour; only a policy that says so guards every change.
  if (kind == GuardedChange::change && !arrival.entity.guard.given) return false;
  const bool mass = is_mass_change(context, arrival.system.name, arrival.entity, kind, arrival.id,
                                   foreseen, arrival.records_made);
  if (!mass && !context.store.unanswered_exception(guard_subject(arrival, kind))) return false;
  const std::size_t changed = context.store.count_guarded(
      arrival.system.name, arrival.entity.name, std::string(to_string(kind)),
      context.now - arrival.entity.guard.window);
  ExceptionItem item = open_item(
      context, held_item(arrival, kind, changed,
                         count_guarded_among(context, arrival.entity, arrival.records_made)));
  context.store.park({arrival.key, "exception/" + item.id.text, arrival.received_at, arrival.raw});
  findings.kind = OutcomeKind::held;
  findings.why = "a mass change waits for a person";
  findings.items.push_back(std::move(item));
  return true;
}

}  // namespace truce
