#include "engine/app/sweep.h"

#include "engine/app/clock_set_back.h"
#include "engine/app/derive.h"
#include "engine/app/ingestion.h"
#include "engine/app/joined.h"
#include "engine/app/match_index.h"
#include "engine/app/migrations.h"
#include "engine/app/moved_places.h"
#include "engine/app/outbox.h"
#include "engine/app/pauses.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

// One sweep holds the writer for a moment only.
constexpr std::size_t leases_a_sweep = 200;
constexpr std::size_t items_a_sweep = 200;
constexpr std::size_t records_a_sweep = 100;
constexpr std::size_t rows_a_sweep = 2'000;
constexpr Duration between_retentions = Duration::of_ms(60'000);
constexpr Duration changes_kept = Duration::of_ms(std::int64_t{7} * 86'400'000);
constexpr const char* last_retention = "last_retention";

bool announce_overdue(Context& context) {
  const auto overdue = context.store.overdue_exceptions(context.now, items_a_sweep);
  for (const ExceptionItem& item : overdue) {
    context.store.announce_overdue(item.id);
    announce(context, "overdue",
             {{"id", item.id.text},
              {"category", std::string(to_string(item.category))},
              {"opened_at", to_rfc3339(item.opened_at)},
              {"owner", item.owner}});
  }
  return overdue.size() == items_a_sweep;
}

bool derive_under_present_policy(Context& context) {
  const auto old = context.store.goldens_not_of_policy(context.policy.sha256, records_a_sweep);
  for (const GoldenId& id : old) {
    auto golden = context.store.find_golden(id);
    if (golden && golden->merged_into.empty() && context.policy.entity(golden->entity)) {
      derive_again(context, id, "another policy came into force");
    } else if (golden) {
      // An alias, or of an entity that left the policy: nothing to derive, but looked at.
      golden->policy_sha256 = context.policy.sha256;
      context.store.put_golden(*golden);
    }
  }
  return old.size() == records_a_sweep;
}

bool forget_old_rows(Context& context) {
  const auto last = context.store.find_meta(last_retention);
  // Before the last time: the clock was set back.
  const std::int64_t since =
      last ? context.now.us - std::strtoll(last->c_str(), nullptr, 10) : between_retentions.us;
  if (since >= 0 && since < between_retentions.us) return false;
  bool more = context.store.forget_raw_before(context.now - context.policy.raw_retention,
                                              rows_a_sweep) == rows_a_sweep;
  Duration longest_guard;
  for (const auto& [name, entity] : context.policy.entities) {
    longest_guard = std::max(longest_guard, entity.guard.window);
  }
  // The records of a paused field are counted since it was paused.
  const Time guarded_since =
      std::min(context.now - longest_guard, earliest_pause(context).value_or(context.now));
  more |= context.store.forget_guarded_before(guarded_since, rows_a_sweep) == rows_a_sweep;
  more |=
      context.store.forget_changes_before(context.now - changes_kept, rows_a_sweep) == rows_a_sweep;
  for (const auto& [name, system] : context.policy.systems) {
    more |= context.store.forget_answers_before(name, context.now - system.dedup_window,
                                                rows_a_sweep) == rows_a_sweep;
  }
  if (!more) context.store.put_meta(last_retention, std::to_string(context.now.us));
  return more;
}

}  // namespace

bool sweep(Context& context) {
  mend_times_ahead(context);
  bool more = expire_leases(context, leases_a_sweep) == leases_a_sweep;
  more |= announce_overdue(context);
  more |= look_after_parked(context);
  more |= look_after_pauses(context);
  // Those on their way to another schema are derived when they arrive.
  if (!context.migrating) {
    more |= derive_under_present_policy(context);
    more |= make_keys_on(context);
    more |= follow_on(context);
    more |= doubt_on(context);
  }
  more |= work_on_migration(context);
  more |= forget_old_rows(context);
  return more;
}

}  // namespace truce
