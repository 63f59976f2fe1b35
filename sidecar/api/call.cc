#include "sidecar/api/call.h"

#include <algorithm>

#include "sidecar/http/problem.h"
#include "sidecar/log.h"

namespace truce::api {

namespace {

std::optional<Problem> unknown_query(const Call& call, const HttpRequest& request) {
  for (const auto& [name, value] : request.query) {
    const auto is_it = [&asked = name](const QueryParameter& parameter) {
      return parameter.name == asked;
    };
    const bool known = std::any_of(call.query.begin(), call.query.end(), is_it);
    if (!known) return Problem{Code::unknown_query, "no such parameter: " + shown(name), {}};
  }
  return std::nullopt;
}

void log_request(const Call& call, const HttpRequest& request, int status) {
  const LogLevel level = status >= 500 ? LogLevel::warning : LogLevel::debug;
  if (!is_logged(level)) return;
  const auto took = std::chrono::steady_clock::now() - request.arrived_at;
  log_line(level, "request",
           {{"request_id", request.id.text},
            {"call", call.method + " " + call.pattern},
            {"status", status},
            {"token", request.token_name},
            {"took_us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}});
}

HttpReply render(const Failure& failure, const RequestId& request_id) {
  HttpReply reply = problem_reply(failure.problems, request_id);
  reply.headers.insert(reply.headers.end(), failure.headers.begin(), failure.headers.end());
  if (failure.more.empty() && !failure.status) return reply;
  reply.status = failure.status.value_or(reply.status);
  Json document = parse_json(reply.body).value_or(Json::object());
  document.update(failure.more);
  document["status"] = reply.status;
  reply.body = to_wire(document);
  return reply;
}

}  // namespace

Route route_of(const Call& call) {
  Route route{call.method, call.pattern, call.scope, {}, call.lane};
  route.handler = [call](const HttpRequest& request) {
    if (const auto problem = unknown_query(call, request)) {
      return problem_reply(*problem, request.id);
    }
    Answer answer = call.handle(request);
    HttpReply reply = answer ? *std::move(answer) : render(answer.error(), request.id);
    log_request(call, request, reply.status);
    return reply;
  };
  return route;
}

HttpReply json_reply(const Json& document, int status) {
  HttpReply reply;
  reply.status = status;
  reply.body = to_wire(document);
  return reply;
}

Answer answer_with(const Result<Json>& result) {
  if (!result) return refuse(result.error());
  return json_reply(*result);
}

tl::unexpected<Failure> refuse(Code code, std::string message, std::string pointer) {
  return refuse(Problem{code, std::move(message), std::move(pointer)});
}

tl::unexpected<Failure> refuse(Problem problem) {
  return tl::unexpected<Failure>(Failure(std::move(problem)));
}

}  // namespace truce::api
