// The policy in force, and the next one.
#include "engine/app/policy_admin.h"
#include "engine/app/migrations.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/policy_refusal.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

Answer get_policy(Services& services) {
  return json_reply(describe_policy(services.surroundings.policy.get().text));
}

Answer post_check(const HttpRequest& request) {
  const PolicyReading reading = parse_policy(request.body);
  Json answer = {{"ok", reading.policy != nullptr}, {"findings", to_json(reading.findings)}};
  if (reading.policy != nullptr) answer["sha256"] = reading.policy->sha256;
  return json_reply(answer);
}

Answer put_policy(Services& services, const HttpRequest& request) {
  const PolicyReading reading = parse_policy(request.body);
  if (reading.policy == nullptr) return refuse_policy(reading.findings);
  const LoadedPolicy next{reading.policy, request.body};
  WriteJob job = job_for(request);
  job.work = [next](Context& context) -> Result<Json> {
    if (const auto free = check_no_migration(context.store); !free) {
      return tl::unexpected<Problem>(free.error());
    }
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
