#include "sidecar/simulate/run.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/policy/parse_policy.h"
#include "sidecar/simulate/built_in_policy.h"

namespace truce::simulate {
namespace {

constexpr std::size_t findings_max = 200;
constexpr double calm_s = 3'600;

Duration seconds(double count) { return {static_cast<std::int64_t>(count * 1e6)}; }

void add(Totals& totals, std::uint64_t seed, const Score& score, const Chronicle& chronicle) {
  totals.fields_total += score.fields_total;
  totals.wrong_fields += score.wrong_fields;
  totals.lost_edits += score.lost_edits;
  totals.duplicates += score.duplicates;
  totals.named_duplicates += score.named_duplicates;
  totals.wrong_deletes += score.wrong_deletes;
  totals.open_questions += score.open_questions;
  totals.loops += chronicle.loops.size();
  totals.asked += chronicle.asked;
  totals.acts += chronicle.acts;
  totals.void_acts += chronicle.void_acts;
  totals.writes += chronicle.writes;
  for (const auto& [name, count] : chronicle.faults) totals.faults[name] += count;
  for (const auto& [name, count] : chronicle.asked_by_category) {
    totals.asked_by_category[name] += count;
  }
  totals.convergence_s.insert(totals.convergence_s.end(), score.convergence_s.begin(),
                              score.convergence_s.end());
  const auto find = [&](const std::string& finding) {
    if (totals.findings.size() == findings_max) return;
    totals.findings.push_back("seed " + std::to_string(seed) + ": " + finding);
  };
  for (const std::string& finding : score.findings) find(finding);
  for (const std::string& loop : chronicle.loops) find("loop: " + loop);
}

// Everything that the people do, then the time that is left to the strategy: first as rough as
// before, then nothing goes wrong any more.
void tell(Office& office, Strategy& strategy, const Script& script) {
  office.begin([&strategy](const Webhook& webhook) { strategy.receive(webhook); });
  strategy.begin();
  office.schedule_people();
  const Loops& loops = office.scenario().loops;
  Time end = office.now() + script.length + seconds(loops.reconcile_s + loops.catch_up_s);
  office.happenings().run_until(end);
  office.calm_down();
  office.happenings().run_until(end + seconds(calm_s + 2 * (loops.reconcile_s + loops.catch_up_s)));
}

}  // namespace

double Totals::writes_per_edit() const {
  return acts == 0 ? 0 : static_cast<double>(writes) / static_cast<double>(acts);
}

double Totals::convergence_mean_s() const {
  if (convergence_s.empty()) return 0;
  return std::accumulate(convergence_s.begin(), convergence_s.end(), 0.0) /
         static_cast<double>(convergence_s.size());
}

double Totals::convergence_at_s(double share) const {
  if (convergence_s.empty()) return 0;
  std::vector<double> sorted = convergence_s;
  const auto last = static_cast<double>(sorted.size() - 1);
  const auto place = static_cast<std::ptrdiff_t>(std::lround(share * last));
  std::nth_element(sorted.begin(), sorted.begin() + place, sorted.end());
  return sorted[static_cast<std::size_t>(place)];
}

std::vector<StrategyKind> all_strategies() {
  return {StrategyKind::naive, StrategyKind::lww_record, StrategyKind::lww_field,
          StrategyKind::truce_fast, StrategyKind::truce};
}

PolicyPtr built_in_policy_of(const Scenario& scenario) {
  return parse_policy(built_in_policy(scenario)).policy;
}

Result<Results> simulate(const Simulation& simulation,
                         const std::function<void(std::uint64_t)>& progress) {
  const Result<Model> model = model_of(simulation.policy);
  if (!model) return tl::unexpected(model.error());
  Results results;
  results.left_out = model->left_out;
  for (std::uint64_t i = 0; i < simulation.seeds; ++i) {
    const std::uint64_t seed = simulation.seed_from + i;
    const Script script = write_script(*model, simulation.scenario, seed);
    results.edits += script.edits;
    for (const StrategyKind kind : simulation.strategies) {
      Office office(*model, simulation.scenario, script, seed);
      const std::unique_ptr<Strategy> strategy = make_strategy(kind, office, seed);
      tell(office, *strategy, script);
      add(results.by_strategy[kind], seed, judge(office, script, strategy->open_questions()),
          office.chronicle());
    }
    if (progress) progress(i + 1);
  }
  return results;
}

}  // namespace truce::simulate
