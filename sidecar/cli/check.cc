// truce check
#include <iostream>

#include "engine/transform/transform_process.h"
#include "sidecar/cli/commands.h"
#include "sidecar/cli/policy_file.h"
#include "sidecar/policy_programs.h"

namespace truce::cli {

namespace {

enum class Output { text, json };

int check(const std::string& path, Output output) {
  Result<PolicyFile> file = read_policy_file(path);
  if (!file) {
    std::cerr << "truce: " << file.error().message << "\n";
    return exit_could_not;
  }
  TransformProcess transforms(child_program_beside_this_one());
  check_programs(file->text, transforms, file->reading);
  const bool is_ok = file->reading.policy != nullptr;
  if (output == Output::json) {
    Json findings = Json::array();
    for (const Finding& finding : file->reading.findings) findings.push_back(to_json(finding));
    std::cout << to_wire({{"ok", is_ok}, {"findings", findings}}) << "\n";
  } else {
    print_findings(file->reading.findings, path, std::cout);
    if (is_ok) std::cout << path << ": ok\n";
  }
  return is_ok ? exit_done : exit_found;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("check", "Say what is wrong with a policy file");
  const auto path = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("FILE", *path, "The policy file")->required();
  command->add_flag("--json", *json, "One JSON document instead of lines");
  command->callback(
      [path, json, &exit_code] { exit_code = check(*path, *json ? Output::json : Output::text); });
}

}  // namespace truce::cli
