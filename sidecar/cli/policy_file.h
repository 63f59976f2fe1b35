// The policy from a file, and what is wrong with it on the screen.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "engine/core/policy/parse_policy.h"

namespace truce::cli {

struct PolicyFile {
  std::string text;
  PolicyReading reading;
};

// `policy-file` when it cannot be read or is too large, and when it names secrets although anybody
// may write it: they could be sent anywhere. Without secrets that is a warning.
Result<PolicyFile> read_policy_file(const std::string& path);
// One finding a line.
void print_findings(const std::vector<Finding>& findings, const std::string& path,
                    std::ostream& out);

}  // namespace truce::cli
