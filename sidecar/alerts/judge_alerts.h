// Which alerts fire. Pure: the same policy and the same inputs, the same alerts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/audit/agreement_meter.h"
#include "engine/core/policy/policy.h"
#include "engine/port/store.h"
#include "sidecar/alerts/recent_work.h"

namespace truce {

// What a policy that says nothing gets.
inline constexpr std::int64_t queue_depth_default = 100;
inline constexpr Duration oldest_exception_default = Duration::of_ms(24 * 3'600'000);
inline constexpr double failure_rate_default = 0.25;
inline constexpr std::uint64_t failure_rate_results_min = 20;  // fewer results prove nothing

// Fewer changes in the longer window, or a single miss, prove nothing: one miss of three would burn
// any budget.
inline constexpr std::uint64_t burning_changes_min = 20;
inline constexpr std::uint64_t burning_misses_min = 2;

// A channel that cannot be told; one that fails for less than this may be back at once.
inline constexpr Duration channel_failing_max = Duration::of_ms(5 * 60'000);

struct ChannelTrouble {
  Time since;
  std::string why;
};

struct AlertInputs {
  Time now;
  StoreCounts counts;
  std::map<std::string, SettledCounts> settled;    // by system, in the window that is looked at
  std::map<std::string, Time> last_heard;          // of every system of the policy
  std::optional<Problem> trouble;                  // of the store
  std::vector<AgreementReport> agreement;          // empty: none, or not known yet
  std::map<std::string, ChannelTrouble> channels;  // of `alerts.channels` that fail
};

struct AlertState {
  std::string name;  // "queue_depth", "oldest_exception", "dead_letters", "store", "failure_rate",
                     // "silence", "agreement", "channel"
  std::string system;  // empty: of no single one
  bool firing = false;
  Time since;                  // of the present state; judge_alerts says `now`
  Json value;                  // what was measured
  Json threshold;              // null where there is none
  std::string text;            // one line for people, without record contents
  std::string objective = {};  // of "agreement": its name, and how urgent it is
  std::string severity = {};   // "page", "ticket"
  std::string channel = {};    // of "channel": its name
};
std::string key_of(const AlertState& alert);  // "silence/hubspot", "agreement/deal.amount/page"
// The alert of this key; nothing else is known of it.
AlertState alert_of_key(const std::string& key);

// Every alert there is, firing or not, in a fixed order. The thresholds are `alerts.thresholds` of
// the policy; a system's own go before them for `failure_rate` and `silence`, which are of systems.
// `silence` has no default: without a threshold there is no such alert. `channel` is of each of the
// policy's channels. `agreement` is of each
// objective twice, a page and a ticket; it fires when the error budget burns too fast over a long
// and a short window (burn_windows). While it is not known how systems agree, there is no such
// alert.
std::vector<AlertState> judge_alerts(const Policy& policy, const AlertInputs& inputs);

}  // namespace truce
