#include <iostream>

#include "sidecar/cli/commands.h"

int main(int argc, char** argv) {
  CLI::App app{"Truce keeps one business record the same in several systems."};
  app.require_subcommand(1);
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help is no misuse; CLI11's own codes for the rest are not ours.
    return app.exit(error) == 0 ? truce::cli::exit_done : truce::cli::exit_misuse;
  }
  return exit_code;
}
