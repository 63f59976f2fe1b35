// Rows 47 to 56 of the table of bad input (tests/bad_input.md): tokens, browsers and media types.
#include <catch2/catch.hpp>

#include "tests/http/refused.h"

namespace truce {
namespace {

using namespace std::string_literals;

TEST_CASE("row 47: a call without a token is refused") {
  const auto reply = shared_server().ask(get("/read"));
  REQUIRE(reply);
  CHECK(reply->status == 401);
  CHECK(reply->code() == "unauthenticated");
  CHECK(reply->header("www-authenticate") == "Bearer");
}

TEST_CASE("row 48: what is no bearer token is refused") {
  TestServer server;
  for (const auto& value : {"Basic dXNlcjpwYXNz"s, "Bearer "s, "Bearer"s, ""s, "Bearer a b"s,
                            std::string(all_token), "Bearer " + std::string(4'000, 'a')}) {
    const auto reply = server.ask(get("/read", "Authorization: " + value + "\r\n"));
    REQUIRE(reply);
    CHECK(reply->status == 401);
    CHECK(reply->code() == "unauthenticated");
  }
  // Framing comes first: a line of 10 KB is over the limit of a line, whatever stands in it.
  check_refused(get("/read", bearer(std::string(10'000, 'a'))), 431, "headers-too-large");
  check_refused(get("/read", bearer(all_token) + bearer(all_token)), 400, "malformed-header");
}

TEST_CASE("row 49: an expired token is refused") {
  TestServer server;
  const auto ask = [&] {
    return server.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\n" + bearer(expired_token) +
                      "\r\n");
  };
  CHECK(ask()->status == 401);
  CHECK(ask()->code() == "token-expired");
  server.clock().set(parse_time("2019-12-31T23:59:59Z").value());
  CHECK(ask()->status == 200);
}

TEST_CASE("row 49: a revoked token is a token that nobody knows") {
  HttpServerOptions options;
  options.tokens = TokenTable::parse("one-token-that-stayed-in-the-file").value();
  TestServer server(options);
  const auto revoked = server.ask(get("/read", bearer(read_token)));
  const auto unknown = server.ask(get("/read", bearer("truce_never-00000000000000000000002")));
  CHECK(revoked->status == 401);
  CHECK(revoked->code() == "unauthenticated");
  CHECK(unknown->code() == "unauthenticated");
}

TEST_CASE("row 50: a token without the scope is refused, with the scope's name") {
  const auto reply = shared_server().ask("POST /echo HTTP/1.1\r\nHost: localhost\r\n" +
                                         bearer(read_token) + "\r\n");
  REQUIRE(reply);
  CHECK(reply->status == 403);
  CHECK(reply->code() == "insufficient-scope");
  CHECK(reply->body.find("ingest") != std::string::npos);
  CHECK(reply->header("www-authenticate").find("scope=\"ingest\"") != std::string::npos);
  CHECK(shared_server().ask(get("/read", bearer(read_token)))->body == "reader");
}

TEST_CASE("row 51: after 20 bad tokens in a minute a peer is told to wait; a good token works") {
  TestServer server;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(server.ask(get("/read", bearer("wrong-" + std::to_string(i))))->status == 401);
  }
  const auto reply = server.ask(get("/read", bearer("wrong-20")));
  CHECK(reply->status == 429);
  CHECK(reply->code() == "rate-limited");
  CHECK(reply->header("retry-after") == "60");
  CHECK(server.ask(get("/read", bearer(all_token)))->status == 200);
}

TEST_CASE("rows 52, 53 and 56: pages of other sites are refused") {
  for (const auto* header : {"Origin: https://evil", "Origin: null", "Sec-Fetch-Site: cross-site",
                             "Sec-Fetch-Site: same-site", "Origin: http://localhost:3000",
                             "Origin: ", "Origin: http://localhost.evil",
                             "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: iframe",
                             "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: document",
                             "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate"}) {
    for (const auto* method : {"GET", "POST", "OPTIONS", "HEAD"}) {
      INFO(method << " " << header);
      const auto reply = shared_server().ask(method + " /hi HTTP/1.1\r\nHost: localhost\r\n"s +
                                             header + "\r\n\r\n");
      REQUIRE(reply);
      CHECK(reply->status == 403);
      if (method != "HEAD"s) CHECK(reply->code() == "origin-not-allowed");
      for (const auto& [name, value] : reply->headers) {
        CHECK(name.find("access-control-") == std::string::npos);
      }
    }
  }
}

TEST_CASE("rows 52 and 53: our own page, programs and typed addresses are let in") {
  for (const auto* header :
       {"Origin: http://localhost", "Origin: https://LOCALHOST", "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none\r\nSec-Fetch-Dest: document", "Sec-Fetch-Mode: cors"}) {
    INFO(header);
    CHECK(status_of_ask(get("/hi", header + "\r\n"s)) == 200);
  }
}

TEST_CASE("row 54: a body that is not declared as JSON is refused") {
  const auto as = [](std::string_view type) {
    return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + bearer(all_token) + std::string(type) +
           "Content-Length: 2\r\n\r\n{}";
  };
  for (const auto* type :
       {"Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n", "Content-Type: \r\n", "",
        "Content-Type: application/json; charset=latin1\r\n",
        "Content-Type: application/jsonp\r\n"}) {
    check_refused(as(type), 415, "unsupported-media-type");
  }
  for (const auto* type :
       {"Content-Type: application/json\r\n", "Content-Type: Application/JSON; charset=UTF-8\r\n",
        "Content-Type: application/x-ndjson\r\n",
        "Content-Type: application/json;charset=\"utf-8\"\r\n"}) {
    CHECK(status_of_ask(as(type)) == 200);
  }
}

TEST_CASE("the checks come in their order: framing, host, origin, path, token, content type") {
  const std::string all_wrong =
      "POST /nowhere HTTP/1.1\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nOrigin: null\r\n";
  const auto code_with = [&](std::string_view more) {
    return shared_server().ask(all_wrong + std::string(more) + "\r\n{}")->code();
  };
  CHECK(code_with("Host: evil\r\nTransfer-Encoding: chunked\r\n") == "conflicting-framing");
  CHECK(code_with("Host: evil\r\n") == "host-not-allowed");
  CHECK(code_with("Host: localhost\r\n") == "origin-not-allowed");
  const std::string typed =
      " HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
      "Content-Length: 2\r\n";
  CHECK(shared_server().ask("POST /nowhere" + typed + "\r\n{}")->code() == "not-found");
  CHECK(shared_server().ask("POST /echo" + typed + "\r\n{}")->code() == "unauthenticated");
  CHECK(shared_server().ask("POST /echo" + typed + bearer(read_token) + "\r\n{}")->code() ==
        "insufficient-scope");
  CHECK(shared_server().ask("POST /echo" + typed + bearer(all_token) + "\r\n{}")->code() ==
        "unsupported-media-type");
}

TEST_CASE("every reply carries the headers of caution and its request's id") {
  for (const auto& request : {get("/hi"), get("/nowhere"), get("/throw"), "x"s}) {
    const auto reply = shared_server().ask(request);
    REQUIRE(reply);
    CHECK(reply->header("x-content-type-options") == "nosniff");
    CHECK(reply->header("cache-control") == "no-store");
    CHECK(reply->header("x-request-id").size() == 36);
    CHECK(reply->headers.count("server") == 0);
    if (reply->status != 200) {
      CHECK(reply->body.find("urn:uuid:" + reply->header("x-request-id")) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace truce
