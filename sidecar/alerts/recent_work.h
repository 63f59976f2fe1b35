// What alerts are judged by and no row of the store says: when each system was last heard, and what
// became of the deliveries of the last minutes. A restart forgets nothing of it: it is noted as of
// an entry of the audit trail, and what came behind that entry is read there.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "engine/core/policy/policy.h"
#include "engine/port/store.h"

namespace truce {

inline constexpr Duration failure_window = Duration::of_ms(15 * 60'000);
// Read at a start, the last ones; noted is more often than so many come.
inline constexpr std::uint64_t recent_entries_max = 200'000;

struct SettledCounts {
  std::uint64_t all = 0;
  std::uint64_t failed = 0;
};

// One thread at a time.
class RecentWork {
 public:
  // `noted`: what stored() gave once; an empty object where nothing was noted.
  void restore(const Json& noted, ReadView& store, Time now);
  // Everything up to that entry of the trail is in here now; for restore().
  Json stored(std::uint64_t last_entry) const;

  void hear(const std::string& system, Time at);
  void settle(const std::string& system, const SettledCounts& counts, Time at);
  // Forgets what is over, and what is of no system of the policy. A system of which nothing is
  // known counts as heard now.
  void keep(const Policy& policy, Time now);

  const std::map<std::string, Time>& last_heard() const { return last_heard_; }
  // Within the failure window, to the minute.
  std::map<std::string, SettledCounts> settled() const;

 private:
  void add(const AuditEntry& entry);

  std::map<std::string, Time> last_heard_;                                 // by system
  std::map<std::pair<std::string, std::int64_t>, SettledCounts> settled_;  // (system, minute)
};

}  // namespace truce
