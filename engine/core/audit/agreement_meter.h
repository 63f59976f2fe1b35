// How soon systems agree, measured from the audit trail alone: the same entries, the same numbers.
// What counts as a change, and what as in time: docs/api.md, "Agreement". Pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/model/work.h"
#include "engine/core/policy/agreement.h"

namespace truce {

// An error budget burns at rate 1 when it is spent exactly with the end of the objective's window.
// An alert fires when the budget burns at `rate` over a long and a short window: the long one says
// that it matters, the short one that it goes on. Windows and rates: Google, The Site Reliability
// Workbook, chapter 5 "Alerting on SLOs", table 5-8 (2 % of a 30 days' budget in one hour, 5 % in
// six hours, 10 % in three days).
struct BurnWindow {
  Duration longer;
  Duration shorter;
  double rate = 0;
  std::string_view severity;  // "page": somebody looks now; "ticket": on a working day
};
inline constexpr std::array<BurnWindow, 3> burn_windows = {{
    {Duration::of_ms(3'600'000), Duration::of_ms(300'000), 14.4, "page"},
    {Duration::of_ms(6 * 3'600'000), Duration::of_ms(1'800'000), 6, "page"},
    {Duration::of_ms(72 * 3'600'000), Duration::of_ms(6 * 3'600'000), 1, "ticket"},
}};
// What is counted is kept by the minute for the longest of these, and by the hour for the
// objective's window: each begins with a whole one.
inline constexpr Duration burn_cell = Duration::of_ms(60'000);
inline constexpr Duration window_cell = Duration::of_ms(3'600'000);
inline constexpr std::size_t worst_systems_max = 5;

struct BurnRate {
  std::uint64_t changes = 0;  // of the longer window
  std::uint64_t misses = 0;
  double longer = 0;
  double shorter = 0;
};

struct SystemMisses {
  SystemName system;
  std::uint64_t misses = 0;
};

struct AgreementReport {
  AgreementObjective objective;
  std::uint64_t changes = 0;  // judged within the window
  std::uint64_t misses = 0;
  std::array<BurnRate, burn_windows.size()> burn;
  std::optional<Time> oldest_open;  // acceptance of the oldest change that not all systems hold
  std::uint64_t open = 0;           // records with such a change
  std::vector<SystemMisses> worst;  // most misses first

  double share() const;             // of changes in time; 1 where there were none
  double budget_allowed() const;    // misses that the target allows for so many changes
  double budget_remaining() const;  // share of the budget; below 0: overspent; 1 without changes
};
// {name, entity, fields, target, within_ms, window_ms, changes, agreed_in_time, share,
// error_budget, burn_rates, open, oldest_open, worst_systems}: docs/api.md.
Json to_json(const AgreementReport& report);

class AgreementMeter {
 public:
  explicit AgreementMeter(std::vector<AgreementObjective> objectives);

  // In the order of their sequence, from one that is not behind measured_from() on.
  void add(const AuditEntry& entry);
  // Changes whose time ran out before `now` are misses. Times never run back.
  void judge_until(Time now);

  // After judge_until(now); in the order of the objectives.
  std::vector<AgreementReport> report(Time now) const;
  const std::vector<AgreementObjective>& objectives() const { return objectives_; }
  // Entries before this time say nothing that is still counted.
  Time measured_from(Time now) const;

 private:
  // The changes of one record that not every system holds yet.
  struct Open {
    Time since;
    std::vector<Time> waiting;         // acceptance of those not judged yet, oldest first
    std::set<SystemName> lacking;      // systems that do not hold the value
    std::set<SystemName> thrown_away;  // whose write a person threw away
  };
  struct Cell {
    std::uint64_t changes = 0;
    std::uint64_t misses = 0;
    std::map<SystemName, std::uint64_t> misses_of;
  };
  struct Meter {
    std::map<GoldenId, Open> open;
    std::set<std::pair<Time, GoldenId>> deadlines;  // of what waits
    std::set<std::pair<Time, GoldenId>> oldest;     // every open one, by `since`
    std::map<std::int64_t, Cell> minutes;
    std::map<std::int64_t, Cell> hours;
  };

  void add_to(std::size_t index, const AuditEntry& entry, const Json& body);
  void add_change(Meter& meter, const AgreementObjective& objective, const GoldenId& golden,
                  Time at, bool counted);
  void settle(Meter& meter, const GoldenId& golden, const std::set<SystemName>& lacking,
              bool thrown_away, Time at);
  void move(Meter& meter, const AgreementObjective& objective, const GoldenId& from,
            const GoldenId& into);
  static void forget(Meter& meter, const GoldenId& golden);
  static void count(Meter& meter, Time at, std::uint64_t changes);
  static void count_missed(Meter& meter, Time at, const std::set<SystemName>& systems);
  static Cell sum_from(const std::map<std::int64_t, Cell>& cells, Duration cell, Time from);
  void judge(Meter& meter, const AgreementObjective& objective, Time now);
  AgreementReport report_of(std::size_t index, Time now) const;

  std::vector<AgreementObjective> objectives_;
  std::vector<Meter> meters_;  // one for each objective
  std::set<EntityName> entities_;
};

}  // namespace truce
