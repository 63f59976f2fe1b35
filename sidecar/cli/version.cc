// truce version
#include "sidecar/version.h"

#include <iostream>

#include "engine/core/model/json.h"
#include "sidecar/cli/commands.h"

namespace truce::cli {

void add_version(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("version", "Print the versions of truce and its libraries");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "One JSON document instead of lines");
  command->callback([json, &exit_code] {
    exit_code = exit_done;
    if (*json) {
      Json libraries = Json::object();
      for (const auto& [name, version] : library_versions()) libraries[name] = version;
      std::cout << to_wire({{"truce", program_version}, {"libraries", libraries}}) << "\n";
      return;
    }
    std::cout << "truce " << program_version << "\n";
    for (const auto& [name, version] : library_versions()) {
      std::cout << "  " << name << " " << version << "\n";
    }
  });
}

}  // namespace truce::cli
