// How commands end.
#pragma once

namespace truce::cli {

enum ExitCode {
  exit_done = 0,
  exit_found = 1,   // what it looks for: problems, differences
  exit_misuse = 2,  // of the command line
  exit_could_not = 3,
};

}  // namespace truce::cli
