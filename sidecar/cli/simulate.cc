// truce simulate
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "sidecar/cli/commands.h"
#include "sidecar/cli/policy_file.h"
#include "sidecar/cli/seed.h"
#include "sidecar/private_file.h"
#include "sidecar/simulate/report.h"
#include "sidecar/simulate/svg.h"

namespace truce::cli {

namespace {

constexpr std::size_t scenario_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t findings_shown = 20;

struct Request {
  std::string preset = "seeds";
  std::string scenario;  // a file
  std::string policy;    // a file
  std::string svg;       // a file
  std::uint64_t seeds = 100;
  std::uint64_t seed_from = 1;
  std::vector<std::string> strategies;  // empty: all
  bool json = false;
  bool show = false;
};

int told(const std::string& message, ExitCode exit_code) {
  std::cerr << "truce: " << message << "\n";
  return exit_code;
}

Result<simulate::Scenario> scenario_of(const Request& request) {
  if (request.scenario.empty()) {
    return simulate::read_scenario(simulate::preset_text(request.preset));
  }
  const Result<std::string> text = read_whole_file(request.scenario, scenario_bytes_max);
  if (!text) return tl::unexpected(text.error());
  Result<simulate::Scenario> scenario = simulate::read_scenario(*text);
  if (!scenario) {
    Problem problem = scenario.error();
    problem.message = request.scenario + ":" + problem.message;
    return tl::unexpected(problem);
  }
  if (scenario->name.empty()) scenario->name = request.scenario;
  return scenario;
}

// Null: what is wrong was told.
PolicyPtr policy_of(const Request& request, const simulate::Scenario& scenario) {
  if (request.policy.empty()) return simulate::built_in_policy_of(scenario);
  const Result<PolicyFile> file = read_policy_file(request.policy);
  if (!file) {
    told(file.error().message, exit_misuse);
    return nullptr;
  }
  if (!file->reading.policy) print_findings(file->reading.findings, request.policy, std::cerr);
  return file->reading.policy;
}

std::vector<simulate::StrategyKind> strategies_of(const Request& request) {
  std::vector<simulate::StrategyKind> wanted = simulate::all_strategies();
  if (request.strategies.empty()) return wanted;
  std::erase_if(wanted, [&](simulate::StrategyKind kind) {
    return std::count(request.strategies.begin(), request.strategies.end(), to_string(kind)) == 0;
  });
  return wanted;
}

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const simulate::StrategyKind kind : simulate::all_strategies()) {
    names.emplace_back(to_string(kind));
  }
  return names;
}

// On a terminal only, on one line.
void show_progress(std::uint64_t done, std::uint64_t all) {
  std::cerr << "\r\x1b[K" << done << " of " << all << " seeds" << (done == all ? "\r\x1b[K" : "")
            << std::flush;
}

bool has_faults(const simulate::Totals& totals) {
  return totals.wrong_fields + totals.lost_edits + totals.duplicates + totals.loops +
             totals.wrong_deletes >
         0;
}

void print(const simulate::Simulation& simulation, const simulate::Results& results) {
  simulate::print_table(std::cout, simulation, results);
  const auto truce = results.by_strategy.find(simulate::StrategyKind::truce);
  if (truce == results.by_strategy.end()) return;
  if (has_faults(truce->second)) std::cout << '\n';
  simulate::print_findings(std::cout, simulate::StrategyKind::truce, truce->second, findings_shown);
}

int run(const Request& request) {
  const Result<simulate::Scenario> scenario = scenario_of(request);
  if (!scenario) return told(scenario.error().message, exit_misuse);
  if (request.show) {
    std::cout << simulate::scenario_text(*scenario);
    return exit_done;
  }
  simulate::Simulation simulation{*scenario, policy_of(request, *scenario), request.seeds,
                                  request.seed_from, strategies_of(request)};
  if (!simulation.policy) return exit_misuse;
  const bool live = isatty(STDERR_FILENO) != 0;
  const auto results = simulate::simulate(simulation, [&](std::uint64_t done) {
    if (live) show_progress(done, request.seeds);
  });
  if (!results) return told(results.error().message, exit_misuse);
  for (const std::string& part : results->left_out)
    std::cerr << "truce: left out: " << part << "\n";
  if (!request.svg.empty()) {
    const auto written = replace_private_file(request.svg, simulate::plot(simulation, *results));
    if (!written) return told(written.error().message, exit_could_not);
  }
  if (request.json) {
    std::cout << to_wire(simulate::to_json(simulation, *results)) << "\n";
  } else {
    print(simulation, *results);
  }
  if (!std::cout.flush()) return told("the result could not be written", exit_could_not);
  const auto truce = results->by_strategy.find(simulate::StrategyKind::truce);
  const bool is_wrong = truce != results->by_strategy.end() && has_faults(truce->second);
  return is_wrong ? exit_found : exit_done;
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "simulate", "Strategies side by side on the same edits and faults, by a virtual clock");
  const auto request = std::make_shared<Request>();
  auto* preset = command->add_option("--preset", request->preset, "calm, seeds, bad-day or hell")
                     ->check(CLI::IsMember(simulate::preset_names()))
                     ->capture_default_str();
  command->add_option("--scenario", request->scenario, "A file of your own instead of a preset")
      ->excludes(preset);
  command->add_option("--policy", request->policy, "A policy instead of the built-in one");
  command->add_option("--seeds", request->seeds, "How many stories")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  command->add_option("--seed-from", request->seed_from, "The first one's seed")
      ->check(seed_range())
      ->capture_default_str();
  command->add_option("--strategies", request->strategies, "Only these, with commas between them")
      ->delimiter(',')
      ->check(CLI::IsMember(strategy_names()));
  command->add_option("--svg", request->svg, "Write a plot to this file");
  command->add_flag("--json", request->json, "One JSON document instead of a table");
  command->add_flag("--show-scenario", request->show,
                    "Print the scenario with every rate, as --scenario takes it, and run nothing");
  command->callback([request, &exit_code] { exit_code = run(*request); });
}

}  // namespace truce::cli
