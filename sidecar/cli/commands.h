// The commands of the program, one file each. Each adds itself to `app`, and when it was asked for
// it runs and puts its ending into `exit_code`.
#pragma once

#include <CLI/CLI.hpp>

#include "sidecar/cli/exit_code.h"

namespace truce::cli {

void add_serve(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_demo(CLI::App& app, int& exit_code);
void add_simulate(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_backup(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_undo(CLI::App& app, int& exit_code);
void add_verify_convergence(CLI::App& app, int& exit_code);
void add_drift(CLI::App& app, int& exit_code);
void add_migrate(CLI::App& app, int& exit_code);
void add_infer(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);

}  // namespace truce::cli
