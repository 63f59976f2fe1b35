// A change of the canonical schema: /v1/migrations.
#include "engine/app/migrations.h"

#include "engine/app/migration_plan.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/policy_refusal.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

std::string id_of(const HttpRequest& request) { return std::string(request.path_parameter("id")); }

// The policy's text as it was written, or the policy itself.
Result<std::string> policy_text(const Json& body) {
  const Json* policy = find_member(body, "policy");
  if (policy && policy->is_string()) return policy->get<std::string>();
  if (policy && policy->is_object()) return to_wire(*policy);
  return fail(Code::required, "'policy' is the policy to come: its text, or an object", "/policy");
}

Answer plan(Services& services, const PolicyPtr& next, const std::string& text) {
  const LoadedPolicy in_force = services.surroundings.policy.get();
  MigrationPlan plan(in_force.policy, in_force.text, next, text, services.transforms);
  bool more = true;
  while (more) {
    const Result<Json> looked = services.reads.run([&](Reader& reader) -> Result<Json> {
      if (is_carrying(reader.store)) {
        return fail(Code::busy, "the records are being migrated; plan when that has ended");
      }
      return Json(plan.look_on(reader));
    });
    if (!looked) return refuse(looked.error());
    more = looked->get<bool>();
  }
  return json_reply(plan.json());
}

// What the job decides on is put in force once it is durable.
Answer change_way(
    Services& services, const HttpRequest& request,
    std::function<Result<Json>(Context&, WayAndPolicy&)> work) {
  const auto way = std::make_shared<WayAndPolicy>();
  WriteJob job = job_for(request);
  job.work = [way, work = std::move(work)](Context& context) { return work(context, *way); };
  job.on_commit = [&services, way] {
    services.surroundings.policy.put({way->policy, way->text, way->migrating});
  };
  const Result<Json> begun = services.writer.run(std::move(job));
  if (!begun) return refuse(begun.error());
  return json_reply(*begun, 202);
}

Answer post_migration(Services& services, const HttpRequest& request) {
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  const Result<std::string> text = policy_text(*body);
  if (!text) return refuse(text.error());
  const std::string mode = text_at(*body, "mode");
  if (mode != "plan" && mode != "apply") {
    return refuse(Code::schema, "'mode' is plan or apply", "/mode");
  }
  const PolicyReading reading = parse_policy(*text);
  if (reading.policy == nullptr) return refuse_policy(reading.findings);
  if (mode == "plan") return plan(services, reading.policy, *text);
  return change_way(services, request,
                    [next = reading.policy, text = *text](Context& context, WayAndPolicy& way) {
                      return begin_migration(context, next, text, way);
                    });
}

Answer post_undo(Services& services, const HttpRequest& request) {
  return change_way(services, request,
                    [id = id_of(request)](Context& context, WayAndPolicy& way) {
                      return undo_migration(context, id, way);
                    });
}

Answer post_accept(Services& services, const HttpRequest& request) {
  WriteJob job = job_for(request);
  job.work = [id = id_of(request)](Context& context) { return accept_migration(context, id); };
  const Result<Json> begun = services.writer.run(std::move(job));
  if (!begun) return refuse(begun.error());
  return json_reply(*begun, 202);
}

Answer get_migration(Services& services, const HttpRequest& request) {
  return answer_with(services.reads.run(
      [&](Reader& reader) { return read_migration(reader.store, id_of(request)); }));
}

Answer get_migrations(Services& services) {
  return answer_with(services.reads.run(
      [](Reader& reader) -> Result<Json> { return list_migrations(reader.store); }));
}

}  // namespace

std::vector<Call> migration_calls(Services& services) {
  return {
      {"POST",
       "/v1/migrations",
       Scope::operate,
       "What another policy would do to the stored records (plan), or do it (apply: 202).",
       {},
       "MigrationBody",
       "MigrationAnswer",
       [&services](const HttpRequest& request) { return post_migration(services, request); },
       Lane::normal,
       {200, 202}},
      {"GET",
       "/v1/migrations",
       Scope::read,
       "The last migrations, newest first.",
       {},
       "",
       "Migrations",
       [&services](const HttpRequest&) { return get_migrations(services); }},
      {"GET",
       "/v1/migrations/{id}",
       Scope::read,
       "How far it is.",
       {},
       "",
       "Migration",
       [&services](const HttpRequest& request) { return get_migration(services, request); }},
      {"POST",
       "/v1/migrations/{id}/accept",
       Scope::operate,
       "It stays: what undoing would need is dropped. 202.",
       {},
       "Nothing",
       "Migration",
       [&services](const HttpRequest& request) { return post_accept(services, request); },
       Lane::normal,
       {202}},
      {"POST",
       "/v1/migrations/{id}/undo",
       Scope::operate,
       "Back to the policy before, with what came since read again under it. 202.",
       {},
       "Nothing",
       "Migration",
       [&services](const HttpRequest& request) { return post_undo(services, request); },
       Lane::normal,
       {202}},
  };
}

}  // namespace truce::api
