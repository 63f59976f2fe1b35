// POST /v1/events.
#include "engine/app/ingest.h"
#include "engine/core/model/json_text.h"
#include "engine/runtime/read_ahead.h"
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

void count(Services& services, const Policy& policy, const std::vector<ReadEvent>& events,
           const std::vector<Outcome>& outcomes) {
  const Time now = services.surroundings.clock.now();
  for (std::size_t index = 0; index < outcomes.size(); ++index) {
    const SystemName& system = events[index].system;
    services.event_counts.count_event(policy.system(system) == nullptr ? "" : system.text,
                                      std::string(to_string(outcomes[index].kind)), now);
  }
}

HttpReply reply_with(const std::vector<Outcome>& outcomes) {
  JsonText body;
  body.open_object().key("results").open_array();
  for (const Outcome& outcome : outcomes) body.raw(outcome.answer);
  body.close_array().close_object();
  HttpReply reply;
  reply.body = body.take();
  return reply;
}

// What a job of the writer works with, and what it leaves.
struct Batch {
  PolicyPtr policy;  // that the events were read under
  std::vector<ReadEvent> events;
  IngestOptions options;
  std::vector<Outcome> outcomes;
};

void ingest_batch(Context& context, Batch& batch) {
  if (context.policy.sha256 == batch.policy->sha256) {
    batch.outcomes = ingest_all(context, batch.events, batch.options);
    return;
  }
  // Another policy came into force meanwhile.
  std::vector<ReadEvent> events;
  for (const ReadEvent& read : batch.events) {
    events.push_back(
        read_raw_event({context.policy, context.transforms, context.secrets}, read.raw));
  }
  batch.outcomes = ingest_all(context, events, batch.options);
}

Answer post_events(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const auto batch = std::make_shared<Batch>();
  batch->policy = services.surroundings.policy.policy();
  const Result<EventBatch> body = read_batch(request, *batch->policy);
  if (!body) return refuse(body.error());
  const Result<IngestOptions> options = read_options(request, *body);
  if (!options) return refuse(options.error());
  batch->options = *options;
  batch->events =
      read_ahead({*batch->policy, services.surroundings.transforms, services.surroundings.secrets},
                 body->events);

  WriteJob job = job_for(request);
  job.events = batch->events.size();
  job.brings_more = true;
  job.work = [batch](Context& context) -> Result<Json> {
    ingest_batch(context, *batch);
    return Json();
  };
  const Result<Json> done = services.writer.run(std::move(job));
  if (!done) return refuse(done.error());
  count(services, *batch->policy, batch->events, batch->outcomes);
  return reply_with(batch->outcomes);
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
