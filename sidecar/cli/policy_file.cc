#include "sidecar/cli/policy_file.h"

#include "sidecar/private_file.h"

namespace truce::cli {

Result<PolicyFile> read_policy_file(const std::string& path) {
  Result<std::string> text = read_whole_file(path, file_bytes_max);
  if (!text) return fail(Code::policy_file, text.error().message);
  PolicyReading reading = parse_policy(*text);
  return PolicyFile{*std::move(text), std::move(reading)};
}

void print_findings(const std::vector<Finding>& findings, const std::string& path,
                    std::ostream& out) {
  for (const Finding& finding : findings) out << render_finding(finding, path) << "\n";
}

}  // namespace truce::cli
