// The policy in force, and the next one.
#include "engine/app/policy_admin.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

Json to_json(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(truce::to_json(finding));
  return list;
}

Answer get_policy(Services& services) {
  return json_reply(describe_policy(services.surroundings.policy.get().text));
}

Answer post_check(const HttpRequest& request) {
  const PolicyReading reading = parse_policy(request.body);
  Json answer = {{"ok", reading.policy != nullptr}, {"findings", to_json(reading.findings)}};
  if (reading.policy != nullptr) answer["sha256"] = reading.policy->sha256;
  return json_reply(answer);
}

// The old one keeps running.
Answer refuse_policy(const std::vector<Finding>& findings) {
  std::vector<Problem> problems;
  for (const Finding& finding : findings) {
    if (finding.severity != Finding::Severity::error) continue;
    problems.push_back({finding.code, finding.message, finding.pointer});
  }
  Failure failure(std::move(problems));
  failure.more["findings"] = to_json(findings);
  return tl::unexpected<Failure>(std::move(failure));
}

Answer put_policy(Services& services, const HttpRequest& request) {
  const PolicyReading reading = parse_policy(request.body);
  if (reading.policy == nullptr) return refuse_policy(reading.findings);
  const LoadedPolicy next{reading.policy, request.body};
  WriteJob job = job_for(request);
  job.work = [next](Context& context) -> Result<Json> {
    return adopt_policy(context, *next.policy, next.text);
  };
  job.on_commit = [&services, next] { services.surroundings.policy.put(next); };
  Result<Json> answer = services.writer.run(std::move(job));
  if (answer) (*answer)["findings"] = to_json(reading.findings);
  return answer_with(answer);
}

}  // namespace

std::vector<Call> policy_calls(Services& services) {
  return {
      {"GET",
       "/v1/policy",
       Scope::read,
       "The policy in force.",
       {},
       "",
       "Policy",
       [&services](const HttpRequest&) { return get_policy(services); }},
      {"POST",
       "/v1/policy/check",
       Scope::read,
       "What is wrong with a policy: line, pointer and how to mend it. Nothing changes.",
       {},
       "PolicyText",
       "PolicyCheck",
       [](const HttpRequest& request) { return post_check(request); }},
      {"PUT",
       "/v1/policy",
       Scope::operate,
       "The policy for all later requests; one with errors is refused and the old one stays.",
       {},
       "PolicyText",
       "PolicyAdopted",
       [&services](const HttpRequest& request) { return put_policy(services, request); }},
  };
}

}  // namespace truce::api
