// The policy in force, and the next one.
#include <atomic>

#include "engine/app/migrations.h"
#include "engine/app/policy_admin.h"
#include "engine/app/whatif/simulate.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/policy_refusal.h"
#include "sidecar/api/writing.h"
#include "sidecar/policy_programs.h"

namespace truce::api {

namespace {

Answer get_policy(Services& services) {
  return json_reply(describe_policy(services.surroundings.policy.get().text));
}

PolicyReading read_policy(Services& services, const std::string& text) {
  PolicyReading reading = parse_policy(text);
  if (services.transforms) check_programs(text, *services.transforms, reading);
  return reading;
}

Answer post_check(Services& services, const HttpRequest& request) {
  const PolicyReading reading = read_policy(services, request.body);
  Json answer = {{"ok", reading.policy != nullptr}, {"findings", to_json(reading.findings)}};
  if (reading.policy != nullptr) answer["sha256"] = reading.policy->sha256;
  return json_reply(answer);
}

Answer put_policy(Services& services, const HttpRequest& request) {
  const PolicyReading reading = read_policy(services, request.body);
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
  if (answer) {
    log_adopted(*answer);
    Json& findings = (*answer)["findings"];
    for (Json& finding : to_json(reading.findings)) findings.push_back(std::move(finding));
  }
  return answer_with(answer);
}

// A longer log takes the command, on a copy.
constexpr std::size_t simulated_events_max = 50'000;

struct SimulationBody {
  PolicyReading reading;
  SimulateOptions options;
};

Result<SimulationBody> read_simulation(const HttpRequest& request) {
  const Result<Json> body = read_object(request);
  if (!body) return tl::unexpected<Problem>(body.error());
  const Json* policy = find_member(*body, "policy");
  if (policy == nullptr || !(policy->is_string() || policy->is_object())) {
    return fail(Code::required, "'policy' is the policy, as an object or as the text of its file",
                "/policy");
  }
  SimulationBody simulation;
  simulation.reading =
      parse_policy(policy->is_string() ? policy->get<std::string>() : to_wire(*policy));
  simulation.options.log.events_max = simulated_events_max;
  if (const Json* since = find_member(*body, "since")) {
    const Result<Time> time =
        since->is_string() ? parse_time(since->get_ref<const std::string&>())
                           : parse_epoch(scalar_text(*since).value_or(""));
    if (!time) return fail(Code::timestamp_invalid, time.error().message, "/since");
    simulation.options.log.since = *time;
  }
  return simulation;
}

// One simulation at a time: each takes a processor for as long as the log asks for.
using Running = std::shared_ptr<std::atomic<bool>>;
class Turn {
 public:
  explicit Turn(const Running& running) : running_(running), taken_(!running->exchange(true)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (taken_) running_->store(false);
  }
  bool taken() const { return taken_; }

 private:
  const Running& running_;
  const bool taken_;
};

Answer post_simulate(Services& services, const Running& running, const HttpRequest& request) {
  Result<SimulationBody> body = read_simulation(request);
  if (!body) return refuse(body.error());
  if (body->reading.policy == nullptr) return refuse_policy(body->reading.findings);
  const Turn turn(running);
  if (!turn.taken()) {
    return refuse(Code::busy, "another simulation is running; one runs at a time");
  }
  const Surroundings& around = services.surroundings;
  const ReplayParts parts{around.store,         around.policy.policy(), around.secrets,
                          services.transforms,  around.clock.now(),     services.scratch};
  Result<Json> answer = simulate_policy(parts, body->reading.policy, body->options);
  if (answer) (*answer)["findings"] = to_json(body->reading.findings);
  return answer_with(answer);
}

}  // namespace

std::vector<Call> policy_calls(Services& services) {
  const Running simulating = std::make_shared<std::atomic<bool>>(false);
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
       [&services](const HttpRequest& request) { return post_check(services, request); }},
      {"POST",
       "/v1/policy/simulate",
       Scope::operate,
       "What another policy would make of the log: fields, questions. Nothing changes.",
       {},
       "SimulateBody",
       "Simulation",
       [&services, simulating](const HttpRequest& request) {
         return post_simulate(services, simulating, request);
       }},
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
