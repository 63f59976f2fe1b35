// POST /v1/normalize and /v1/resolve: nothing is stored, nothing is read.
#include "engine/app/stateless.h"

#include "sidecar/api/calls.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

using Stateless = Result<Json> (*)(const Policy&, Transforms*, const Json&);

Answer compute(Services& services, const HttpRequest& request, Stateless function) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  const PolicyPtr policy = services.surroundings.policy.policy();
  return answer_with(function(*policy, services.transforms, *body));
}

Call stateless_call(Services& services, std::string pattern, std::string summary, std::string body,
                    std::string answer, Stateless function) {
  return {"POST",
          std::move(pattern),
          Scope::ingest,
          std::move(summary),
          {},
          std::move(body),
          std::move(answer),
          [&services, function](const HttpRequest& request) {
            return compute(services, request, function);
          }};
}

}  // namespace

std::vector<Call> stateless_calls(Services& services) {
  return {
      stateless_call(services, "/v1/normalize", "One record in canonical form, with its errors.",
                     "NormalizeBody", "Normalized", normalize_once),
      stateless_call(services, "/v1/resolve",
                     "Golden fields of given candidates, each with winner, rule and why.",
                     "ResolveBody", "Resolved", resolve_once),
  };
}

}  // namespace truce::api
