// truce backup
#include <filesystem>
#include <iostream>

#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"

namespace truce::cli {

namespace {

Result<void> back_up(const Access& access, const std::string& destination) {
  const std::string path = std::filesystem::absolute(destination).string();
  if (!access.url.empty()) {
    const Result<Json> answer =
        ask_for_json(access, "POST", "/v1/backup", to_wire({{"destination", path}}));
    if (!answer) return tl::unexpected<Problem>(answer.error());
    return {};
  }
  const Result<std::unique_ptr<Store>> store = open_existing_store(access.db);
  if (!store) return tl::unexpected<Problem>(store.error());
  return (*store)->backup(path);
}

int run(const Access& access, const std::string& destination) {
  Result<void> done = check_access(access);
  if (done) done = back_up(access, destination);
  if (!done) return told(done.error());
  std::cout << "copied to " << destination
            << "; keep the .secrets file beside the database with it\n";
  return exit_done;
}

}  // namespace

void add_backup(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("backup", "Copy the database consistently, also while it is in use");
  const auto access = std::make_shared<Access>();
  const auto destination = std::make_shared<std::string>();
  command->add_option("DEST", *destination, "The copy; must not exist (with --url: on its machine)")
      ->required();
  add_access(*command, *access);
  command->callback([access, destination, &exit_code] { exit_code = run(*access, *destination); });
}

}  // namespace truce::cli
