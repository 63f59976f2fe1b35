#include "sidecar/api/policy_refusal.h"

#include "sidecar/log.h"

namespace truce::api {

Json to_json(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(truce::to_json(finding));
  return list;
}

tl::unexpected<Failure> refuse_policy(const std::vector<Finding>& findings) {
  std::vector<Problem> problems;
  for (const Finding& finding : findings) {
    if (finding.severity != Finding::Severity::error) continue;
    problems.push_back({finding.code, finding.message, finding.pointer});
  }
  Failure failure(std::move(problems));
  failure.more["findings"] = to_json(findings);
  return tl::unexpected<Failure>(std::move(failure));
}

void log_adopted(const Json& adopted) {
  if (adopted.at("findings").empty()) return;
  log_line(LogLevel::warning, "policy-changes-schema",
           {{"sha256", adopted.at("sha256")}, {"findings", adopted.at("findings")}});
}

}  // namespace truce::api
