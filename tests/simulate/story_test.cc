// A seed is one story, whoever else is told it, and every fault of a preset happens.
#include "tests/simulate/stories.h"

namespace truce::simulate {
namespace {

std::vector<std::string> faults_of(const Scenario& scenario) {
  std::vector<std::string> names;
  const auto expect = [&](double share, const char* name) {
    if (share > 0) names.emplace_back(name);
  };
  expect(scenario.network.webhooks_lost_max, "webhook_lost");
  expect(scenario.network.webhooks_twice, "webhook_twice");
  expect(scenario.network.webhooks_slow, "webhook_slow");
  expect(scenario.network.requests_lost, "request_lost");
  expect(scenario.network.answers_lost, "answer_lost");
  expect(scenario.apis.too_many, "429");
  expect(scenario.apis.broken, "500");
  expect(scenario.apis.conflicts, "409");
  expect(scenario.apis.partial_batches, "partial_batch");
  expect(scenario.apis.lagging_reads, "lagging_read");
  expect(scenario.apis.skipped_rows, "skipped_row");
  expect(scenario.crashes.n8n_steps, "n8n_crash");
  expect(scenario.crashes.n8n_steps, "webhook_refused");
  for (const char* crash : {"sidecar_crash_before", "sidecar_crash_uncommitted",
                            "sidecar_crash_committed", "sidecar_crash_working"}) {
    expect(scenario.crashes.sidecar_requests, crash);
  }
  return names;
}

}  // namespace

TEST_CASE("the same seed is the same story, to the byte") {
  const Scenario hell = scenario_of("hell");
  const std::string once = json_of_run(hell, 2, 4'000, all_strategies());
  CHECK(once == json_of_run(hell, 2, 4'000, all_strategies()));
  CHECK(once != json_of_run(hell, 2, 4'001, all_strategies()));
}

TEST_CASE("a strategy's story does not depend on who else is in the run") {
  const Scenario hell = scenario_of("hell");
  const Results all = run_scenario(hell, 1, 77, all_strategies());
  for (const StrategyKind kind : all_strategies()) {
    const Results alone = run_scenario(hell, 1, 77, {kind});
    const Totals& one = alone.by_strategy.at(kind);
    const Totals& among = all.by_strategy.at(kind);
    INFO(to_string(kind));
    CHECK(one.writes == among.writes);
    CHECK(one.faults == among.faults);
    CHECK(one.wrong_fields == among.wrong_fields);
    CHECK(one.acts == among.acts);
  }
}

TEST_CASE("every fault that a preset names happens under it") {
  // All of `seeds` are among them, at rates that would take hundreds of stories.
  const std::map<std::string, std::uint64_t> seeds{{"bad-day", 24}, {"hell", 4}};
  for (const auto& [preset, count] : seeds) {
    Scenario scenario = scenario_of(preset);
    // More pages and calls a story, so that rare faults need not many of them.
    scenario.loops.reconcile_s = 300;
    const Results results = run_scenario(scenario, count, 9'000, {StrategyKind::truce});
    const auto& happened = results.by_strategy.at(StrategyKind::truce).faults;
    for (const std::string& fault : faults_of(scenario)) {
      INFO(preset << ": " << fault);
      CHECK(happened.contains(fault));
    }
  }
}

TEST_CASE("in calm weather nothing goes wrong but what the policy hands to people") {
  const Results results = run_scenario(scenario_of("calm"), 3, 1, {StrategyKind::truce});
  const Totals& truce = results.by_strategy.at(StrategyKind::truce);
  CHECK(truce.faults.empty());
  CHECK(truce.acts > 300);
  CHECK(truce.writes > 200);
}

}  // namespace truce::simulate
