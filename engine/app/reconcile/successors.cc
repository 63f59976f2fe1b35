#include "engine/app/reconcile/successors.h"

#include "engine/app/reconcile/piece_parts.h"

namespace truce {
namespace {

constexpr std::size_t holders_max = 100;

bool disagree_before(const std::vector<TierKeys>& a, const std::vector<TierKeys>& b,
                     std::size_t tier) {
  for (std::size_t i = 0; i < tier; ++i) {
    if (disagree(a[i], b[i])) return true;
  }
  return false;
}

}  // namespace

std::optional<RecordId> successor_of(Context& context, const Reconciliation& run,
                                     const SourceRecord& gone) {
  const Entity& entity = *context.policy.entity(run.entity);
  const std::vector<TierKeys> keys = held_keys(context, entity, gone);
  std::set<RecordId> found;
  for (std::size_t tier = 0; tier < keys.size() && found.empty(); ++tier) {
    for (const std::string& key : keys[tier]) {
      for (const KeyHolder& holder : context.store.key_holders(entity.name, key, holders_max)) {
        if (holder.system != gone.system || holder.record == gone.id || !holder.current) continue;
        const auto staged = context.store.find_staged(run.id, holder.system, holder.record);
        if (!staged || is_concluded_absence(*staged)) continue;
        const auto source = context.store.find_source(holder.system, entity.name, holder.record);
        if (!source || source->state == LinkState::merged || is_deleted(*source)) continue;
        if (disagree_before(keys, held_keys(context, entity, *source), tier)) continue;
        found.insert(holder.record);
      }
    }
  }
  if (found.size() != 1) return std::nullopt;
  return *found.begin();
}

}  // namespace truce
