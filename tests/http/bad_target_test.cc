// Rows 33 to 45 of the table of bad input (tests/bad_input.md): methods, versions, paths, queries,
// and what the server itself may get wrong.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/http/refused.h"

namespace truce {
namespace {

using namespace std::string_literals;

TEST_CASE("row 33: Range is ignored") {
  std::string ranges = "bytes=0-0";
  for (int i = 0; i < 200; ++i) ranges += ",0-";
  const auto reply = shared_server().ask(get("/large?bytes=1000", "Range: " + ranges + "\r\n"));
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(reply->body.size() == 1'000);
}

TEST_CASE("rows 34 and 35: who a client says it is does not count") {
  HttpServerOptions options;
  options.limits.bad_tokens_per_minute = 1;
  TestServer server(options);
  const auto ask_as = [&](int i) {
    const auto address = "10.0.0." + std::to_string(i);
    return server.ask(get("/read", bearer("wrong-token") + "REMOTE_ADDR: " + address +
                                       "\r\nX-Forwarded-For: " + address + "\r\n"));
  };
  CHECK(ask_as(1)->status == 401);
  CHECK(ask_as(2)->status == 429);
}

TEST_CASE("row 36: a method that is not served is refused, with those that are") {
  for (const auto* method : {"FOO", "TRACE", "POST", "OPTIONS"}) {
    const auto reply = shared_server().ask(method + " /hi HTTP/1.1\r\nHost: localhost\r\n\r\n"s);
    REQUIRE(reply);
    CHECK(reply->status == 405);
    CHECK(reply->code() == "method-not-allowed");
    CHECK(reply->header("allow") == "GET, HEAD");
  }
  for (const auto* line : {"CONNECT evil.example:443", "OPTIONS *"}) {
    const auto reply = shared_server().ask(line + " HTTP/1.1\r\nHost: localhost\r\n\r\n"s);
    REQUIRE(reply);
    CHECK(reply->status == 405);
    CHECK(reply->header("allow") == "GET, HEAD, POST");
  }
  check_refused("get /hi HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "malformed-request");
}

TEST_CASE("row 37: other versions of HTTP are refused") {
  check_refused("GET /hi\r\n\r\n", 400, "malformed-request");
  check_refused("GET /hi HTTP/1.2\r\nHost: localhost\r\n\r\n", 505, "http-version");
  check_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http-version");
}

TEST_CASE("row 37: a TLS client on the plain port is dropped at once") {
  RawClient client(shared_server().port());
  client.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s);
  CHECK_FALSE(client.read_reply());
  CHECK(client.is_closed_by_server(std::chrono::seconds(1)));
}

TEST_CASE("rows 38 and 39: paths that climb or hide name nothing") {
  for (const auto* path :
       {"/name/../hi", "/name/%2e%2e/hi", "/name/..%2fhi", "/%252e%252e/hi", "/name/..\\hi",
        "/name/%5c", "/./hi", "/hi/.", "/name/hi%00.png", "/name/%0d%0a", "//hi", "/hi/", "/"}) {
    check_refused(get(path), 404, "not-found");
  }
}

TEST_CASE("what is refused before any call says what to do") {
  const auto told = [](std::string_view bytes) {
    const auto reply = shared_server().ask(bytes);
    REQUIRE(reply);
    return nlohmann::json::parse(reply->body).value("detail", "");
  };
  CHECK(told(get("/nothing")) == "No call has this path; GET /openapi.json names them all.");
  CHECK(told(get("/hi/")) == "No path of a call ends with a slash: leave it out.");
  CHECK(told(get("/echo")) == "This path takes POST.");
  CHECK(told(get("/read", bearer("wrong-token"))) ==
        "It is not in the sidecar's token file, which the first line of `truce serve` names.");
  CHECK(told(get("/read", bearer(expired_token))) ==
        "Its line in the token file says until when it was good; another one is needed.");
}

TEST_CASE("row 41: a path with a bad escape or bad UTF-8 is refused") {
  for (const auto* path :
       {"/name/%", "/name/%4", "/name/%zz", "/name/%ff", "/name/%c0%af", "/name/\xff",
        "/name/%ed%a0%80", "/query?cursor=%4", "/query?%ff=1", "/query?cursor=%00"}) {
    check_refused(get(path), 400, "bad-path");
  }
  CHECK(shared_server().ask(get("/name/%C3%A4%2Fb"))->body == "\xc3\xa4/b");
}

TEST_CASE("row 42: a cursor keeps its equal signs") {
  CHECK(shared_server().ask(get("/query?cursor=abc=="))->body == "abc==");
  CHECK(shared_server().ask(get("/query?cursor=b=c"))->body == "b=c");
  CHECK(shared_server().ask(get("/query?&x=1&cursor=a%2Bb+c&"))->body == "a+b c");
  CHECK(shared_server().ask(get("/query?cursor"))->body == "");
}

TEST_CASE("row 43: a parameter that stands twice is refused") {
  check_refused(get("/query?cursor=1&cursor=1"), 400, "duplicate-parameter");
  check_refused(get("/query?cursor=1&%63ursor=2"), 400, "duplicate-parameter");
}

TEST_CASE("row 44: a connection beyond the limit is told so and closed") {
  HttpServerOptions options;
  options.limits.connections = 8;
  TestServer server(options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get("/hi"));
    REQUIRE(clients.back().read_reply());
  }
  RawClient beyond(server.port());
  const auto reply = beyond.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 503);
  CHECK(reply->code() == "too-many-connections");
  CHECK(reply->header("retry-after") == "1");
  CHECK(beyond.is_closed_by_server());
  CHECK(server.server().stats().refusals.at(RefusalCode::too_many_connections) == 1);
}

TEST_CASE("row 45: a handler that throws is a 500 without a word of it") {
  for (const auto* path : {"/throw", "/split"}) {
    RawClient client(shared_server().port());
    client.send(get(path));
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 500);
    CHECK(reply->code() == "internal");
    CHECK(reply->body.find("secret") == std::string::npos);
    CHECK(reply->headers.count("exception_what") == 0);
    CHECK(reply->headers.count("set-cookie") == 0);
  }
}

}  // namespace
}  // namespace truce
