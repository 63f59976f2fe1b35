// The slow loop: /v1/reconciliations.
#include <future>
#include <memory>

#include "engine/app/known_names.h"
#include "engine/app/reconcile/pages.h"
#include "engine/app/reconcile/runs.h"
#include "engine/runtime/low_priority.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/snapshot_body.h"

namespace truce::api {

namespace {

// A page is read and staged in parts, so that the fast loop goes on beside a long one.
constexpr std::size_t staged_at_once = 200;
constexpr std::int64_t wait_ms_default = 20'000;
constexpr std::int64_t wait_ms_max = 120'000;

RunId id_of(const HttpRequest& request) { return RunId(std::string(request.path_parameter("id"))); }

Answer open(Services& services, const HttpRequest& request) {
  return write_object(services, request,
                      [](Context& context, const Json& body) { return open_run(context, body); });
}

Result<Reconciliation> run_of(Services& services, const HttpRequest& request) {
  std::optional<Reconciliation> run;
  const Result<Json> read = services.reads.run([&](Reader& reader) -> Result<Json> {
    run = reader.store.find_run(id_of(request));
    return Json();
  });
  if (!read) return tl::unexpected<Problem>(read.error());
  if (!run) return fail(Code::not_found, "there is no such reconciliation");
  return std::move(*run);
}

Result<std::vector<SnapshotBody>> read_pages(const HttpRequest& request, const Policy& policy,
                                             const Entity& entity) {
  if (request.media_type == MediaType::ndjson) {
    QueryReader query(request);
    const auto observed_at = query.time("observed_at");
    if (query.problem()) return tl::unexpected<Problem>(*query.problem());
    return read_snapshot_lines(request.body, SystemName(query.text("system")), observed_at, policy,
                               entity);
  }
  Result<Json> body = read_body(request);
  if (!body) return tl::unexpected<Problem>(body.error());
  auto page = read_snapshot_body(*std::move(body), policy, entity);
  if (!page) return tl::unexpected<Problem>(page.error());
  return std::vector<SnapshotBody>{std::move(*page)};
}

std::future<Result<Json>> stage(Services& services, const HttpRequest& request, const RunId& run,
                                std::shared_ptr<const SnapshotPage> part) {
  WriteJob job = job_for(request);
  job.events = staged_at_once;
  job.brings_more = true;
  job.in_background = true;
  job.work = [run, part = std::move(part)](Context& context) {
    return stage_page(context, run, *part);
  };
  return services.writer.submit(std::move(job));
}

// One part is read while the one before is staged.
Result<Json> take_page(Services& services, const HttpRequest& request, const PolicyPtr& policy,
                       const SnapshotBody& body) {
  const RunId run = id_of(request);
  const Time now = services.surroundings.clock.now();
  const Time observed_at = std::min(body.observed_at.value_or(now), now);
  const EventReader reader{*policy, services.surroundings.transforms,
                           services.surroundings.secrets};
  auto part = std::make_shared<const SnapshotPage>();
  std::future<Result<Json>> staged;
  do {
    const Result<Json> read = services.reads.run([&](Reader& view) -> Result<Json> {
      auto next = read_page(view.store, reader, run, body.system, observed_at, body.records,
                            part->read_to, staged_at_once);
      if (!next) return tl::unexpected<Problem>(next.error());
      next->faults.insert(next->faults.begin(), part->faults.begin(), part->faults.end());
      part = std::make_shared<const SnapshotPage>(std::move(*next));
      return Json();
    });
    if (staged.valid()) {
      if (const Result<Json> before = staged.get(); !before) return before;
    }
    if (!read) return read;
    staged = stage(services, request, run, part);
  } while (!part->is_last);
  return staged.get();
}

Answer read_and_stage(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const PolicyPtr policy = services.surroundings.policy.policy();
  const auto run = run_of(services, request);
  if (!run) return refuse(run.error());
  const Entity* entity = policy->entity(run->entity);
  if (!entity) return refuse(Code::unknown_entity, "the policy does not know the entity any more");
  const auto bodies = read_pages(request, *policy, *entity);
  if (!bodies) return refuse(bodies.error());
  if (bodies->empty()) return refuse(Code::batch_size, "there is no record in it");
  Json answers = Json::array();
  for (const SnapshotBody& body : *bodies) {
    const Result<Json> taken = take_page(services, request, policy, body);
    if (!taken) return refuse(taken.error());
    answers.push_back(*taken);
  }
  Json answer = answers.back();
  if (answers.size() > 1) answer["answers"] = std::move(answers);
  return json_reply(answer);
}

// A page of thousands of records is a tenth of a second's work, and events must not wait for it.
Answer add_page(Services& services, const HttpRequest& request) {
  return at_low_priority([&] { return read_and_stage(services, request); });
}

bool is_under_way(const Json& report) { return text_at(report, "state") == "running"; }

Result<Json> report_of(Services& services, const HttpRequest& request) {
  return services.reads.run([&](Reader& reader) { return read_run(reader.store, id_of(request)); });
}

// The report when the run has ended, else as far as it is: 202.
Answer complete(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  const std::int64_t wait_ms = query.whole("wait_ms", 0, wait_ms_max).value_or(wait_ms_default);
  if (query.problem()) return refuse(*query.problem());
  const Result<Json> body = read_optional_object(request);
  if (!body) return refuse(body.error());
  std::uint64_t ended = services.reconciler.ended();
  WriteJob job = job_for(request);
  job.work = [&](Context& context) { return complete_run(context, id_of(request), *body); };
  Result<Json> report = services.writer.run(std::move(job));
  if (!report) return refuse(report.error());
  services.reconciler.wake();
  const auto patience = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  bool is_over = false;
  while (is_under_way(*report) && !is_over) {
    is_over = !services.reconciler.wait_for_end(ended, patience);
    ended = services.reconciler.ended();
    report = report_of(services, request);
    if (!report) return refuse(report.error());
  }
  return json_reply(*report, is_under_way(*report) ? 202 : 200);
}

Answer abandon(Services& services, const HttpRequest& request) {
  return write_optional_object(
      services, request,
      [id = id_of(request)](Context& context, const Json&) { return abandon_run(context, id); });
}

Answer get_run(Services& services, const HttpRequest& request) {
  return answer_with(
      services.reads.run([&](Reader& reader) { return read_run(reader.store, id_of(request)); }));
}

Answer get_runs(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  RunFilter filter;
  filter.entity = EntityName(query.text("entity"));
  filter.state = query.word<RunState>("state", run_state_from);
  filter.after = query.after();
  filter.limit = query.limit();
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    const auto asked = check_asked(reader.store, reader.policy, {}, filter.entity);
    if (!asked) return tl::unexpected<Problem>(asked.error());
    return list_runs(reader.store, filter);
  }));
}

Answer get_discrepancies(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  DiscrepancyFilter filter;
  filter.kind = query.word<DiscrepancyKind>("kind", discrepancy_kind_from);
  filter.cause = query.word<Cause>("cause", cause_from);
  filter.resolution = query.word<Resolution>("result", resolution_from);
  filter.system = SystemName(query.text("system"));
  filter.after = query.after();
  filter.limit = query.limit();
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    const auto asked = check_asked(reader.store, reader.policy, filter.system, {});
    if (!asked) return tl::unexpected<Problem>(asked.error());
    return list_discrepancies(reader.store, id_of(request), filter);
  }));
}

}  // namespace

std::vector<Call> reconciliation_calls(Services& services) {
  const std::vector<QueryParameter> page{{"after", "the `next` of the page before"},
                                         {"limit", "1 to 1000, 100 by default"}};
  const auto with_page = [&](std::vector<QueryParameter> query) {
    query.insert(query.end(), page.begin(), page.end());
    return query;
  };
  return {
      {"POST",
       "/v1/reconciliations",
       Scope::ingest,
       "Opens a comparison of snapshots: apply, plan (changes nothing) or link (writes nothing).",
       {},
       "ReconciliationBody",
       "Reconciliation",
       [&services](const HttpRequest& request) { return open(services, request); }},
      {"GET", "/v1/reconciliations", Scope::read, "All runs with their reports, oldest first.",
       with_page({{"entity", "only of this entity"}, {"state", "only in this state"}}), "",
       "Reconciliations",
       [&services](const HttpRequest& request) { return get_runs(services, request); }},
      {"GET",
       "/v1/reconciliations/{id}",
       Scope::ingest,
       "The report, so far.",
       {},
       "",
       "Reconciliation",
       [&services](const HttpRequest& request) { return get_run(services, request); }},
      {"DELETE",
       "/v1/reconciliations/{id}",
       Scope::ingest,
       "Ends it; what it has done stays.",
       {},
       "",
       "Reconciliation",
       [&services](const HttpRequest& request) { return abandon(services, request); }},
      {"POST",
       "/v1/reconciliations/{id}/pages",
       Scope::ingest,
       "Records of one system, any number of pages in any order; JSON, a preset's payload or "
       "lines.",
       {{"system", "lines of records: whose they are"},
        {"observed_at", "lines of records: when they were read"}},
       "SnapshotPageBody",
       "SnapshotPage",
       [&services](const HttpRequest& request) { return add_page(services, request); }},
      {"POST",
       "/v1/reconciliations/{id}/complete",
       Scope::ingest,
       "Compares; 202 with the report so far when it takes longer than wait_ms.",
       {{"wait_ms", "how long to wait for the end, 20000 by default"}},
       "CompleteBody",
       "Reconciliation",
       [&services](const HttpRequest& request) { return complete(services, request); },
       Lane::normal,
       {200, 202}},
      {"GET", "/v1/reconciliations/{id}/discrepancies", Scope::ingest, "What it found, in order.",
       with_page({{"kind", "different, missing, only, excluded, ambiguous"},
                  {"cause", "lost_event, out_of_order, …"},
                  {"result", "auto_resolved, escalated, held, none"},
                  {"system", "only about this system"}}),
       "", "Discrepancies",
       [&services](const HttpRequest& request) { return get_discrepancies(services, request); }},
  };
}

}  // namespace truce::api
