#include "sidecar/http/problem.h"

#include "engine/core/model/json.h"

namespace truce {
namespace {

constexpr std::string_view seconds_to_wait = "1";

std::string_view title_of_status(int status) {
  switch (status) {
    case 400:
      return "The request cannot be read";
    case 403:
      return "This is not allowed";
    case 404:
      return "There is nothing here";
    case 409:
      return "The state has moved on";
    case 422:
      return "The content is not valid";
    case 503:
      return "The service cannot take this now";
    case 507:
      return "The store is full";
    default:
      return "Something failed inside";
  }
}

Json problem_document(std::string_view code, int status, std::string_view title,
                      std::string_view detail, const RequestId& request_id) {
  Json document{{"type", "urn:truce:problem:" + std::string(code)},
                {"title", title},
                {"status", status},
                {"code", code},
                {"instance", "urn:uuid:" + request_id.text}};
  if (!detail.empty()) document["detail"] = detail;
  return document;
}

Json errors_of(const std::vector<Problem>& problems) {
  Json errors = Json::array();
  for (const auto& problem : problems) {
    errors.push_back({{"pointer", problem.pointer},
                      {"code", to_string(problem.code)},
                      {"message", problem.message}});
  }
  return errors;
}

HttpReply reply_of(int status, const Json& document) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.body = to_wire(document);
  return reply;
}

bool is_worth_a_retry(Code code) {
  return code == Code::busy || code == Code::shutting_down || code == Code::store_locked;
}

}  // namespace

int status_of(Code code) {
  switch (code) {
    case Code::invalid_json:
    case Code::duplicate_key:
    case Code::too_deep:
    case Code::unknown_query:
      return 400;
    case Code::not_allowed:
      return 403;
    case Code::not_found:
      return 404;
    case Code::version_moved:
    case Code::already_settled:
    case Code::lease_lost:
    case Code::audit_broken:
      return 409;
    case Code::too_many_fields:
    case Code::field_name_too_long:
    case Code::field_too_long:
    case Code::nul_in_text:
    case Code::number_out_of_range:
    case Code::number_too_long:
    case Code::schema:
    case Code::type_mismatch:
    case Code::unknown_system:
    case Code::unknown_entity:
    case Code::unknown_field:
    case Code::id_invalid:
    case Code::timestamp_invalid:
    case Code::required:
    case Code::format:
    case Code::unknown_option:
    case Code::lossy_value:
    case Code::merge_cycle:
    case Code::batch_size:
    case Code::transform_failed:
    case Code::transform_timeout:
    case Code::reference_unknown:
    case Code::policy_syntax:
    case Code::policy_unknown_key:
    case Code::policy_unknown_system:
    case Code::policy_unknown_rule:
    case Code::policy_value:
    case Code::policy_missing:
    case Code::policy_conflict:
    case Code::policy_regex:
    case Code::policy_expression:
    case Code::policy_file:
    case Code::policy_inline_secret:
    case Code::policy_url:
    case Code::action_unknown:
      return 422;
    case Code::store_read_only:
    case Code::store_locked:
    case Code::store_corrupt:
    case Code::store_too_new:
    case Code::store_failed:
    case Code::store_unknown_outcome:
    case Code::busy:
    case Code::shutting_down:
      return 503;
    case Code::store_full:
      return 507;
    case Code::internal:
      return 500;
  }
  return 500;
}

HttpReply problem_reply(const Problem& problem, const RequestId& request_id) {
  return problem_reply(std::vector<Problem>{problem}, request_id);
}

HttpReply problem_reply(const std::vector<Problem>& problems, const RequestId& request_id) {
  const Problem& first = problems.front();
  const int status = status_of(first.code);
  // What went wrong inside is for the log; a client gets the id to ask with.
  const bool inside = first.code == Code::internal;
  Json document = problem_document(to_string(first.code), status, title_of_status(status),
                                   inside ? std::string_view() : first.message, request_id);
  if (!inside && (problems.size() > 1 || !first.pointer.empty())) {
    document["errors"] = errors_of(problems);
  }
  HttpReply reply = reply_of(status, document);
  if (is_worth_a_retry(first.code)) reply.headers.emplace_back("Retry-After", seconds_to_wait);
  return reply;
}

HttpReply refusal_reply(const Refusal& refusal, const RequestId& request_id) {
  const int status = status_of(refusal.code);
  HttpReply reply =
      reply_of(status, problem_document(to_string(refusal.code), status, title_of(refusal.code),
                                        refusal.detail, request_id));
  for (const auto& header : refusal.headers) reply.headers.push_back(header);
  return reply;
}

}  // namespace truce
