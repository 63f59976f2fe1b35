// Routes, problems, endpoints: the pieces that need no socket to be judged.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "sidecar/http/admission.h"
#include "sidecar/http/listener.h"
#include "sidecar/http/problem.h"
#include "sidecar/http/route_table.h"

namespace truce {
namespace {

HttpReply nothing(const HttpRequest&) { return {}; }

RouteTable some_routes() {
  return RouteTable({
      {"GET", "/v1/exceptions/{id}", Scope::read, nothing},
      {"POST", "/v1/exceptions/{id}/claim", Scope::operate, nothing},
      {"POST", "/v1/exceptions/bulk", Scope::operate, nothing},
      {"POST", "/v1/exceptions/{id}", Scope::operate, nothing},
      {"GET", "/v1/records/{entity}/{golden_id}", Scope::read, nothing},
      {"GET", "/v1/records/{entity}/total", Scope::read, nothing},
      {"GET", "/console/", std::nullopt, nothing},
  });
}

std::string pattern_of(const RouteMatch& match) {
  return match.route == nullptr ? "" : match.route->pattern;
}

TEST_CASE("a segment written out goes before a parameter") {
  const RouteTable table = some_routes();
  CHECK(pattern_of(table.match("POST", {"v1", "exceptions", "bulk"})) == "/v1/exceptions/bulk");
  CHECK(pattern_of(table.match("POST", {"v1", "exceptions", "x"})) == "/v1/exceptions/{id}");
  CHECK(pattern_of(table.match("GET", {"v1", "exceptions", "bulk"})) == "/v1/exceptions/{id}");
  CHECK(pattern_of(table.match("GET", {"v1", "records", "contact", "total"})) ==
        "/v1/records/{entity}/total");
  CHECK(pattern_of(table.match("GET", {"console", ""})) == "/console/");
}

TEST_CASE("parameters are named by the pattern") {
  const RouteTable table = some_routes();
  const auto match = table.match("GET", {"v1", "records", "contact", "g-1"});
  CHECK(find_parameter(match.path_parameters, "entity") == "contact");
  CHECK(find_parameter(match.path_parameters, "golden_id") == "g-1");
  CHECK_FALSE(find_parameter(match.path_parameters, "id"));
}

TEST_CASE("an empty segment is no parameter") {
  const RouteTable table = some_routes();
  const auto match = table.match("GET", {"v1", "exceptions", ""});
  CHECK(match.route == nullptr);
  CHECK(match.allowed_methods.empty());
}

TEST_CASE("a known path with another method tells the methods") {
  const RouteTable table = some_routes();
  CHECK(table.match("PUT", {"v1", "exceptions", "x"}).allowed_methods ==
        std::vector<std::string>{"GET", "HEAD", "POST"});
  CHECK(table.methods() == std::vector<std::string>{"GET", "HEAD", "POST"});
}

TEST_CASE("a problem is a document with a stable code and pointers") {
  const RequestId id = make_request_id();
  const auto reply = problem_reply({{Code::schema, "expected an object", "/events/0"},
                                    {Code::required, "email is missing", "/events/0/record"}},
                                   id);
  CHECK(reply.status == 422);
  CHECK(reply.content_type == "application/problem+json");
  const auto document = nlohmann::json::parse(reply.body);
  CHECK(document.at("type") == "urn:truce:problem:schema");
  CHECK(document.at("code") == "schema");
  CHECK(document.at("status") == 422);
  CHECK(document.at("detail") == "expected an object");
  CHECK(document.at("instance") == "urn:uuid:" + id.text);
  CHECK(document.at("errors").size() == 2);
  CHECK(document.at("errors")[1].at("pointer") == "/events/0/record");
  CHECK(document.at("errors")[1].at("code") == "required");
}

TEST_CASE("what went wrong inside stays inside") {
  const auto reply =
      problem_reply(Problem{Code::internal, "select * from", "/x"}, make_request_id());
  CHECK(reply.status == 500);
  CHECK(reply.body.find("select") == std::string::npos);
  CHECK(reply.body.find("/x") == std::string::npos);
}

TEST_CASE("a full queue and a full store are told apart, and who may come again is told so") {
  const auto busy = problem_reply(Problem{Code::busy, "", ""}, make_request_id());
  CHECK(busy.status == 503);
  CHECK(busy.headers == decltype(busy.headers){{"Retry-After", "1"}});
  CHECK(problem_reply(Problem{Code::store_full, "", ""}, make_request_id()).status == 507);
  CHECK(status_of(Code::version_moved) == 409);
  CHECK(status_of(Code::invalid_json) == 400);
  CHECK(status_of(Code::not_found) == 404);
  CHECK(status_of(Code::store_unknown_outcome) == 503);
}

TEST_CASE("a problem with broken text is still a document") {
  const auto reply = problem_reply(Problem{Code::format, "a\xff\n", ""}, make_request_id());
  CHECK(nlohmann::json::parse(reply.body).at("code") == "format");
}

TEST_CASE("request ids are UUIDs and differ") {
  const RequestId id = make_request_id();
  CHECK(id.text.size() == 36);
  CHECK(id.text[14] == '4');
  CHECK(std::string("89ab").find(id.text[19]) != std::string::npos);
  CHECK(id != make_request_id());
}

TEST_CASE("an endpoint is an address and a port, never a name that must be looked up") {
  CHECK(parse_endpoint("127.0.0.1:8377") == Endpoint{"127.0.0.1", 8377});
  CHECK(parse_endpoint("localhost:0") == Endpoint{"127.0.0.1", 0});
  CHECK(parse_endpoint("[::1]:8377") == Endpoint{"::1", 8377});
  CHECK(to_string(Endpoint{"::1", 1}) == "[::1]:1");
  for (const auto* text : {"", "8377", ":8377", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:1x", "::1:8377", "example:80",
                           "[127.0.0.1]:80", "[::1]", "*:80", "127.1:80", "127.0.0.1 :80"}) {
    INFO(text);
    CHECK_FALSE(parse_endpoint(text));
  }
}

TEST_CASE("only the loopback is the loopback") {
  CHECK(is_loopback({"127.0.0.1", 1}));
  CHECK(is_loopback({"127.8.8.8", 1}));
  CHECK(is_loopback({"::1", 1}));
  CHECK_FALSE(is_loopback({"0.0.0.0", 1}));
  CHECK_FALSE(is_loopback({"::", 1}));
  CHECK_FALSE(is_loopback({"10.0.0.1", 1}));
  CHECK_FALSE(is_loopback({"::ffff:127.0.0.1", 1}));
}

TEST_CASE("bad tokens are counted by peer and minute") {
  BadTokenCount count(2);
  const auto start = std::chrono::steady_clock::time_point();
  CHECK_FALSE(count.exceeds_limit("a", start));
  CHECK_FALSE(count.exceeds_limit("a", start));
  CHECK(count.exceeds_limit("a", start + std::chrono::seconds(59)));
  CHECK_FALSE(count.exceeds_limit("b", start));
  CHECK_FALSE(count.exceeds_limit("a", start + std::chrono::seconds(60)));
}

TEST_CASE("a header that would split the reply is not sendable") {
  CHECK(is_sendable_header("X-Note", "a b; c=\"d\""));
  CHECK_FALSE(is_sendable_header("X-Note", "a\r\nb"));
  CHECK_FALSE(is_sendable_header("X-Note", "a\nb"));
  CHECK_FALSE(is_sendable_header("X Note", "a"));
  CHECK_FALSE(is_sendable_header("", "a"));
}

}  // namespace
}  // namespace truce
