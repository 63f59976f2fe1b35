#include "sidecar/cli/policy_file.h"

#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

Finding anybody_writes(const std::string& path) {
  Finding finding;
  finding.severity = Finding::Severity::warning;
  finding.code = Code::policy_file;
  finding.message = "anybody on this machine may write this file and so decide who wins";
  finding.mend = "chmod o-w " + path;
  return finding;
}

}  // namespace

Result<PolicyFile> read_policy_file(const std::string& path) {
  Result<std::string> text = read_whole_file(path, file_bytes_max);
  if (!text) return fail(Code::policy_file, text.error().message);
  PolicyReading reading = parse_policy(*text);
  if (anybody_may_write(path)) {
    const Finding finding = anybody_writes(path);
    if (reading.policy != nullptr && !reading.policy->alerts.is_null()) {
      return fail(Code::policy_file,
                  path + " names secrets, and " + finding.message + ": " + finding.mend);
    }
    reading.findings.insert(reading.findings.begin(), finding);
  }
  return PolicyFile{*std::move(text), std::move(reading)};
}

void print_findings(const std::vector<Finding>& findings, const std::string& path,
                    std::ostream& out) {
  for (const Finding& finding : findings) out << render_finding(finding, path) << "\n";
}

}  // namespace truce::cli
