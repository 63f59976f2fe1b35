#include "sidecar/api/openapi.h"

#include <algorithm>
#include <cctype>

#include "sidecar/api/calls.h"
#include "sidecar/version.h"

namespace truce::api {

namespace {

Json reference(const std::string& schema) { return {{"$ref", "#/components/schemas/" + schema}}; }

Json json_content(const std::string& schema) {
  return {{"application/json", {{"schema", reference(schema)}}}};
}

Json path_parameters(const std::string& pattern) {
  Json parameters = Json::array();
  std::size_t begin = 0;
  while ((begin = pattern.find('{', begin)) != std::string::npos) {
    const std::size_t end = pattern.find('}', begin);
    parameters.push_back({{"name", pattern.substr(begin + 1, end - begin - 1)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "string"}}}});
    begin = end;
  }
  return parameters;
}

Json parameters_of(const Call& call) {
  Json parameters = path_parameters(call.pattern);
  for (const QueryParameter& parameter : call.query) {
    parameters.push_back({{"name", parameter.name},
                          {"in", "query"},
                          {"description", parameter.what},
                          {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

Json request_body(const Call& call) {
  Json content = json_content(call.body);
  const bool takes_lines =
      call.body == "EventsBody" || call.body == "SnapshotPageBody" || call.body == "MergePageBody";
  if (takes_lines) {
    content["application/x-ndjson"] = {{"schema", {{"type", "string"}}}};
  }
  return {{"content", std::move(content)}};
}

Json answer_of(const Call& call, int status) {
  Json answer = {{"description", status == 202 ? "Begun; it goes on by itself." : "Done."}};
  if (!call.answer.empty()) answer["content"] = json_content(call.answer);
  for (const std::string& type : call.texts) {
    answer["content"][type] = {{"schema", {{"type", "string"}}}};
  }
  for (const AnswerHeader& header : call.headers) {
    answer["headers"][std::string(header.name)] = {{"description", header.what},
                                                   {"schema", {{"type", "string"}}}};
  }
  return answer;
}

Json responses_of(const Call& call) {
  Json responses = Json::object();
  for (const int status : call.statuses)
    responses[std::to_string(status)] = answer_of(call, status);
  Json problem = {{"description", "A problem document (RFC 9457); `code` says which."},
                  {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}};
  responses["default"] = std::move(problem);
  return responses;
}

Json operation_of(const Call& call) {
  Json operation = {{"summary", call.summary}, {"responses", responses_of(call)}};
  const Json parameters = parameters_of(call);
  if (!parameters.empty()) operation["parameters"] = parameters;
  if (!call.body.empty()) operation["requestBody"] = request_body(call);
  Json security = Json::array();
  if (call.scope) security.push_back({{"token", Json::array({to_string(*call.scope)})}});
  if (call.method == "GET" && call.scope && call.scope != Scope::read) {
    security.push_back({{"token", Json::array({to_string(Scope::read)})}});
  }
  operation["security"] = std::move(security);
  return operation;
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Json openapi_document(const std::vector<Call>& calls) {
  Json paths = Json::object();
  for (const Call& call : calls) paths[call.pattern][lower_case(call.method)] = operation_of(call);
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "Truce"}, {"version", program_version}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", schemas()},
            {"securitySchemes",
             {{"token",
               {{"type", "http"},
                {"scheme", "bearer"},
                {"description", "Scopes: ingest, operate, read."}}}}}}}};
}

std::vector<Call> all_calls(Services& services) {
  std::vector<Call> calls;
  for (auto* group : {event_calls, stateless_calls, merge_calls, delivery_calls, exception_calls,
                      record_calls, reconciliation_calls, cursor_calls, feed_calls, audit_calls, stats_calls, drift_calls, undo_calls,
                      policy_calls, migration_calls, backup_calls, operation_calls}) {
    for (Call& call : group(services)) calls.push_back(std::move(call));
  }
  Call reference = {"GET", "/openapi.json", Scope::read, "This reference.", {}, "", "OpenApi", {}};
  calls.push_back(reference);
  const auto document = std::make_shared<const std::string>(to_wire(openapi_document(calls)));
  calls.back().handle = [document](const HttpRequest&) -> Answer {
    HttpReply reply;
    reply.body = *document;
    return reply;
  };
  return calls;
}

std::vector<Route> routes_of(const std::vector<Call>& calls) {
  std::vector<Route> routes;
  for (const Call& call : calls) routes.push_back(route_of(call));
  return routes;
}

}  // namespace truce::api
