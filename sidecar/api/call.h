// One call of the contract: its place in the route table, its handler, and what the reference says
// about it. The route table and /openapi.json are both made of these.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/json.h"
#include "sidecar/http/route_table.h"

namespace truce::api {

// A refusal on its way to a problem document.
struct Failure {
  std::vector<Problem> problems;                             // never empty
  Json more = Json::object();                                // members beside the standard ones
  std::vector<std::pair<std::string, std::string>> headers;  // Retry-After
  std::optional<int> status;                                 // where it is not the code's own

  Failure(Problem problem) : problems{std::move(problem)} {}  // NOLINT: a Problem is one
  explicit Failure(std::vector<Problem> all) : problems(std::move(all)) {}
};
using Answer = tl::expected<HttpReply, Failure>;

struct QueryParameter {
  std::string_view name;
  std::string_view what;  // for people
};

struct AnswerHeader {
  std::string_view name;
  std::string_view what;  // for people
};

struct Call {
  std::string method;
  std::string pattern;
  std::optional<Scope> scope;
  std::string summary;
  std::vector<QueryParameter> query;  // every other one is refused
  std::string body;                   // name of a schema in schemas.h; empty: takes no body
  std::string answer;                 // name of a schema in schemas.h; empty: not JSON
  std::function<Answer(const HttpRequest&)> handle;
  Lane lane = Lane::normal;
  std::vector<int> statuses = {200};    // of what is no problem document
  std::vector<std::string> texts = {};  // media types of an answer that is not JSON
  std::vector<AnswerHeader> headers = {};
};

// The route for the table: refuses unknown query parameters, and turns a Failure into its document.
Route route_of(const Call& call);

HttpReply json_reply(const Json& document, int status = 200);
// json_reply, or the Problem as a Failure.
Answer answer_with(const Result<Json>& result);
tl::unexpected<Failure> refuse(Code code, std::string message, std::string pointer = {});
tl::unexpected<Failure> refuse(Problem problem);

}  // namespace truce::api
