// truce replay --policy: what another policy would make of the log.
#pragma once

#include <string>

#include "engine/app/whatif/replay_parts.h"
#include "sidecar/cli/access.h"

namespace truce::cli {

struct WhatIf {
  Access access;
  std::string policy;  // the file
  std::string since;   // empty: the whole log
  bool json = false;
};

int what_if(const WhatIf& question);

// What a command on a database replays with. `engine` must outlive it. Shows on a terminal how far
// it is.
ReplayParts replay_parts(Engine& engine);
// `timestamp-invalid` names the option. Empty: the beginning.
Result<Time> read_since(const std::string& since);

}  // namespace truce::cli
