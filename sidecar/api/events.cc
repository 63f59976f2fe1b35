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

constexpr std::size_t read_beside_min = 64;
constexpr std::size_t place_bytes = 32;  // of one result, mostly

Result<EventBatch> read_batch(const HttpRequest& request, const Policy& policy) {
  if (request.media_type == MediaType::ndjson) return read_event_lines(request.body, policy);
  Result<Json> body = read_body(request);
  if (!body) return tl::unexpected<Problem>(body.error());
  return read_event_batch(*std::move(body), policy);
}

Result<IngestOptions> read_options(Services& services, const HttpRequest& request,
                                   const EventBatch& batch) {
  QueryReader query(request);
  const auto hand_out = query.flag("hand_out");
  const auto lease_ms = query.whole("lease_ms", 1, lease_max.ms());
  if (query.problem()) return tl::unexpected<Problem>(*query.problem());
  IngestOptions options;
  options.hand_out = batch.hand_out.value_or(hand_out.value_or(true));
  options.lease = batch.lease;
  if (!options.lease && lease_ms) options.lease = Duration::of_ms(*lease_ms);
  options.batch = services.surroundings.ids.next("b");
  return options;
}

void count(Services& services, const Policy& policy, const EventSource& events,
           const std::vector<Outcome>& outcomes) {
  const Time now = services.surroundings.clock.now();
  for (std::size_t index = 0; index < outcomes.size(); ++index) {
    const SystemName& system = events.at(index).system;
    services.event_counts.count_event(policy.system(system) == nullptr ? "" : system.text.str(),
                                      std::string(to_string(outcomes[index].kind)), now);
  }
}

// Made in one piece, and each answer let go of when it stands there: together they are long.
HttpReply reply_with(std::vector<Outcome> outcomes, const std::vector<EventPlace>& places,
                     const std::string& batch) {
  std::size_t bytes = 128;
  for (const Outcome& outcome : outcomes) bytes += outcome.answer.size() + place_bytes;
  JsonText body(bytes);
  body.open_object().key("batch").string(batch).key("results").open_array();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    body.open_object().key("index").count(places[i].index);
    if (places[i].event) body.key("event").count(*places[i].event);
    // The rest of the object stands in the answer, with the brace that closes it.
    body.raw(std::string_view(outcomes[i].answer).substr(1));
    std::string().swap(outcomes[i].answer);
  }
  body.close_array().close_object();
  HttpReply reply;
  reply.body = body.take();
  return reply;
}

// What a job of the writer works with, and what it leaves.
struct Batch {
  Batch(PolicyPtr read_under, const Surroundings& surroundings, std::vector<Json> nodes,
        const IngestOptions& read_options)
      : policy(std::move(read_under)),
        events({*policy, surroundings.transforms, surroundings.secrets}, std::move(nodes)),
        options(read_options) {}

  PolicyPtr policy;  // that the events are read under
  ReadAhead events;
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
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    events.push_back(read_raw_event({context.policy, context.transforms, context.secrets},
                                    batch.events.at(i).raw));
  }
  batch.outcomes = ingest_all(context, ReadEvents(std::move(events)), batch.options);
}

Answer post_events(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const PolicyPtr policy = services.surroundings.policy.policy();
  Result<EventBatch> body = read_batch(request, *policy);
  if (!body) return refuse(body.error());
  const Result<IngestOptions> options = read_options(services, request, *body);
  if (!options) return refuse(options.error());
  if (body->events.empty()) return reply_with({}, {}, options->batch);
  auto batch =
      std::make_shared<Batch>(policy, services.surroundings, std::move(body->events), *options);
  // Of a long batch the writer takes the first events while the others are still read here.
  const bool read_beside = batch->events.size() >= read_beside_min && batch->events.is_quick();
  if (!read_beside) batch->events.run();

  WriteJob job = job_for(request);
  job.events = batch->events.size();
  job.brings_more = true;
  job.never_refuses = true;
  job.work = [batch](Context& context) -> Result<Json> {
    ingest_batch(context, *batch);
    return Json();
  };
  std::future<Result<Json>> written = services.writer.submit(std::move(job));
  if (read_beside) batch->events.run();
  const Result<Json> done = written.get();
  if (!done) return refuse(done.error());
  count(services, *policy, batch->events, batch->outcomes);
  std::vector<Outcome> outcomes = std::move(batch->outcomes);
  const std::string batch_id = batch->options.batch;
  batch.reset();
  return reply_with(std::move(outcomes), body->places, batch_id);
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
