// POST /v1/events.
#include "engine/app/ingest.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/event_batch.h"

namespace truce::api {

namespace {

Result<EventBatch> read_batch(const HttpRequest& request, const Policy& policy) {
  if (request.media_type == MediaType::ndjson) return read_event_lines(request.body, policy);
  Result<Json> body = read_body(request);
  if (!body) return tl::unexpected<Problem>(body.error());
  return read_event_batch(*std::move(body), policy);
}

Result<IngestOptions> read_options(const HttpRequest& request, const EventBatch& batch) {
  QueryReader query(request);
  const auto hand_out = query.flag("hand_out");
  const auto lease_ms = query.whole("lease_ms", 1, lease_max.ms());
  if (query.problem()) return tl::unexpected<Problem>(*query.problem());
  IngestOptions options;
  options.hand_out = batch.hand_out.value_or(hand_out.value_or(true));
  options.lease = batch.lease;
  if (!options.lease && lease_ms) options.lease = Duration::of_ms(*lease_ms);
  return options;
}

void count(Services& services, const Policy& policy, const EventBatch& batch, const Json& results) {
  const Time now = services.surroundings.clock.now();
  for (std::size_t index = 0; index < results.size() && index < batch.events.size(); ++index) {
    const Json* said = find_member(batch.events[index], "system");
    const SystemName system(said == nullptr ? "" : scalar_text(*said).value_or(""));
    const Json* outcome = find_member(results[index], "outcome");
    services.event_counts.count_event(policy.system(system) == nullptr ? "" : system.text,
                                      outcome == nullptr ? "" : scalar_text(*outcome).value_or(""),
                                      now);
  }
}

Answer post_events(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const PolicyPtr policy = services.surroundings.policy.policy();
  Result<EventBatch> read = read_batch(request, *policy);
  if (!read) return refuse(read.error());
  const auto batch = std::make_shared<const EventBatch>(*std::move(read));
  const Result<IngestOptions> options = read_options(request, *batch);
  if (!options) return refuse(options.error());

  WriteJob job = job_for(request);
  job.events = batch->events.size();
  job.brings_more = true;
  job.work = [batch, options = *options](Context& context) -> Result<Json> {
    Json answer = Json::object();
    answer["results"] = Json(ingest_all(context, batch->events, options));
    return answer;
  };
  const Result<Json> answer = services.writer.run(std::move(job));
  if (answer) count(services, *policy, *batch, answer->at("results"));
  return answer_with(answer);
}

}  // namespace

std::vector<Call> event_calls(Services& services) {
  return {{"POST",
           "/v1/events",
           Scope::ingest,
           "The fast loop: events in, outcomes and deliveries out, in the order of the events.",
           {{"hand_out", "false leaves the deliveries in the outbox"},
            {"lease_ms", "how long the deliveries are the caller's"}},
           "EventsBody",
           "Outcomes",
           [&services](const HttpRequest& request) { return post_events(services, request); }}};
}

}  // namespace truce::api
