// truce demo
#include "sidecar/demo/demo.h"

#include <unistd.h>

#include <iostream>

#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"
#include "sidecar/cli/seed.h"
#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

int run(demo::DemoOptions options, const std::string& token_file) {
  Result<std::string> token = read_private_file(token_file, file_bytes_max);
  if (!token) return told(token.error());
  while (!token->empty() && token->back() == '\n') token->pop_back();
  options.token = *token;
  options.url = sidecar_url(options.url);
  if (isatty(STDOUT_FILENO) == 0) options.plain = true;
  return demo::run_demo(options, std::cout);
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "demo", "Two fake CRMs with faults, through the running sidecar: before and after");
  const auto options = std::make_shared<demo::DemoOptions>();
  const auto token_file = std::make_shared<std::string>();
  command->add_option("--url", options->url, "The running sidecar")->capture_default_str();
  command->add_option("--token-file", *token_file, "Its token")->required();
  command
      ->add_option("--seed", options->seed, "Of chance: the same seed, the same edits and faults")
      ->check(seed_range())
      ->capture_default_str();
  command->add_option("--people", options->people, "How many people")->capture_default_str();
  command->add_option("--edits", options->edits, "How many edits")->capture_default_str();
  command->add_flag("--plain", options->plain, "No live progress");
  command->add_flag("--json", options->json, "One JSON document instead of tables");
  command->callback([options, token_file, &exit_code] { exit_code = run(*options, *token_file); });
}

}  // namespace truce::cli
