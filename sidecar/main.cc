#include <iostream>

#include "sidecar/cli/commands.h"
#include "sidecar/version.h"

int main(int argc, char** argv) {
  CLI::App app{"Truce keeps one business record the same in several systems."};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("truce ") + truce::program_version);
  int exit_code = truce::cli::exit_could_not;
  truce::cli::add_serve(app, exit_code);
  truce::cli::add_check(app, exit_code);
  truce::cli::add_demo(app, exit_code);
  truce::cli::add_simulate(app, exit_code);
  truce::cli::add_explain(app, exit_code);
  truce::cli::add_audit(app, exit_code);
  truce::cli::add_backup(app, exit_code);
  truce::cli::add_replay(app, exit_code);
  truce::cli::add_undo(app, exit_code);
  truce::cli::add_verify_convergence(app, exit_code);
  truce::cli::add_drift(app, exit_code);
  truce::cli::add_migrate(app, exit_code);
  truce::cli::add_infer(app, exit_code);
  truce::cli::add_version(app, exit_code);
  const auto is_named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_named).empty()) {
    std::cerr << "truce: there is no command '" << argv[1] << "'; truce --help lists them\n";
    return truce::cli::exit_misuse;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help is no misuse; CLI11's own codes for the rest are not ours.
    return app.exit(error) == 0 ? truce::cli::exit_done : truce::cli::exit_misuse;
  }
  return exit_code;
}
