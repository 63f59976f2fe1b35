// truce simulate
#include <unistd.h>

#include <iostream>

#include "sidecar/cli/commands.h"
#include "sidecar/cli/policy_file.h"
#include "sidecar/private_file.h"
#include "sidecar/simulate/report.h"

namespace truce::cli {

namespace {

struct Request {
  std::string preset = "seeds";
  std::uint64_t seeds = 100;
  std::uint64_t seed_from = 1;
  bool json = false;
};

int told(const std::string& message, ExitCode exit_code) {
  std::cerr << "truce: " << message << "\n";
  return exit_code;
}

int run(const Request& request) {
  simulate::Simulation simulation;
  const std::string_view text = simulate::preset_text(request.preset);
  const auto scenario = simulate::read_scenario(text);
  if (!scenario) return told(scenario.error().message, exit_misuse);
  simulation.scenario = *scenario;
  simulation.policy = simulate::built_in_policy_of(simulation.scenario);
  simulation.seeds = request.seeds;
  simulation.seed_from = request.seed_from;
  simulation.strategies = simulate::all_strategies();
  const auto results = simulate::simulate(simulation, {});
  if (!results) return told(results.error().message, exit_misuse);
  std::cout << to_wire(simulate::to_json(simulation, *results)) << "\n";
  return exit_done;
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "simulate", "Strategies side by side on the same edits and faults, by a virtual clock");
  const auto request = std::make_shared<Request>();
  command->add_option("--preset", request->preset, "calm, seeds, bad-day or hell")
      ->capture_default_str();
  command->add_option("--seeds", request->seeds, "How many stories")->capture_default_str();
  command->add_option("--seed-from", request->seed_from, "The first one's seed")
      ->capture_default_str();
  command->add_flag("--json", request->json, "One JSON document instead of a table");
  command->callback([request, &exit_code] { exit_code = run(*request); });
}

}  // namespace truce::cli
