#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

Answer write(Services& services, const HttpRequest& request, Result<Json> body,
             std::function<Result<Json>(Context&, const Json&)> work) {
  if (!body) return refuse(body.error());
  WriteJob job = job_for(request);
  auto shared_body = std::make_shared<const Json>(*std::move(body));
  job.work = [shared_body, work = std::move(work)](Context& context) {
    return work(context, *shared_body);
  };
  return answer_with(services.writer.run(std::move(job)));
}

}  // namespace

Answer write_object(Services& services, const HttpRequest& request,
                    std::function<Result<Json>(Context&, const Json&)> work) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  return write(services, request, read_object(request), std::move(work));
}

Answer write_optional_object(Services& services, const HttpRequest& request,
                             std::function<Result<Json>(Context&, const Json&)> work) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  return write(services, request, read_optional_object(request), std::move(work));
}

WriteJob job_for(const HttpRequest& request) {
  WriteJob job;
  job.actor = request.token_name;
  job.bytes = request.body.size();
  return job;
}

Failure too_busy() { return Problem{Code::busy, "too many large bodies are in work", {}}; }

}  // namespace truce::api
