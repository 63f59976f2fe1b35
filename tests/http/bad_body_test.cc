// Rows 17 to 32 of the table of bad input (tests/bad_input.md): lengths, encodings, deadlines. Row
// 31, about what stands behind a request, is in keep_alive_test.cc.
#include <catch2/catch.hpp>

#include "tests/http/refused.h"

namespace truce {
namespace {

using namespace std::string_literals;

TEST_CASE("row 17: a Content-Length that is no number is refused") {
  for (const auto* length : {" abc", " 0x5", " 5abc", " +5", "", " ", " -1", " 1.0", " 2 2"}) {
    check_refused(with_length(length), 400, "bad-content-length");
  }
}

TEST_CASE("row 18: a Content-Length beyond 64 bits is refused") {
  check_refused(with_length(" 99999999999999999999"), 400, "bad-content-length");
  check_refused(with_length(" 18446744073709551617"), 400, "bad-content-length");
}

TEST_CASE("row 19: two Content-Lengths are refused, also equal ones") {
  check_refused(with_length(" 3\r\nContent-Length: 5"), 400, "bad-content-length");
  check_refused(with_length(" 2\r\nContent-Length: 2"), 400, "bad-content-length");
  check_refused(with_length(" 3, 3"), 400, "bad-content-length");
}

TEST_CASE("row 20: Content-Length beside Transfer-Encoding is refused") {
  check_refused(with_length(" 2\r\nTransfer-Encoding: chunked"), 400, "conflicting-framing");
  check_refused(with_length(" 2\r\nTransfer-Encoding: identity"), 400, "conflicting-framing");
}

TEST_CASE("row 21: a chunked body is refused") {
  check_refused(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\n{}\r\n0\r\n\r\n",
      411, "length-required");
}

TEST_CASE("row 22: other transfer encodings are refused") {
  for (const auto* encoding : {"gzip, chunked", "identity", "chunked, chunked", "xchunked"}) {
    check_refused(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "s + encoding + "\r\n\r\n",
        501, "unsupported-transfer-encoding");
  }
}

TEST_CASE("row 23: no size of a chunk is ever read") {
  for (const auto* size : {"-5", "0x5", "FFFFFFFFFFFFFFFF", "7FFFFFFFFFFFFFFF", "5;a=b", ""}) {
    TestServer server;
    RawClient client(server.port());
    client.send("POST /count HTTP/1.1\r\nHost: localhost\r\n" + bearer(all_token) +
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + size +
                "\r\nhello\r\n0\r\n\r\n" + post("/count", "{}"));
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 411);
    CHECK_FALSE(client.read_reply());
    CHECK(server.counted() == 0);
  }
}

TEST_CASE("row 24: a body over the limit is refused, although it is all sent") {
  const std::string body(FrameLimits().body_bytes + 1, 'x');
  RawClient client(shared_server().port());
  CHECK(client.send(post("/echo", body)));  // to its end: many a client reads nothing before
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 413);
  CHECK(reply->code() == "payload-too-large");
  CHECK(reply->header("connection") == "close");
}

TEST_CASE("row 25: a body announced over the limit is refused before it comes") {
  check_refused(with_length(" 67108864"), 413, "payload-too-large");
  check_refused(with_length(" 9999999999999999999"), 413, "payload-too-large");
}

TEST_CASE("row 26: nobody is told to go on with a body over the limit") {
  check_refused(with_length(" 67108864\r\nExpect: 100-continue"), 413, "payload-too-large");
}

TEST_CASE("row 26: nobody without a token is told to go on") {
  check_refused(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
      401, "unauthenticated");
}

TEST_CASE("row 27: another expectation is refused") {
  check_refused(get("/hi", "Expect: bogus\r\n"), 417, "expectation-failed");
}

TEST_CASE("row 28: a body cut short does nothing") {
  TestServer server;
  RawClient client(server.port());
  const std::string request = post("/count", "{\"a\":1}");
  client.send(request.substr(0, request.size() - 1));
  client.shut_down_sending();
  CHECK_FALSE(client.read_reply());
  CHECK(client.is_closed_by_server());
  CHECK(server.counted() == 0);
}

TEST_CASE("row 29: a body or head that takes too long is refused") {
  HttpServerOptions options;
  options.limits.request_deadline = std::chrono::milliseconds(150);
  TestServer server(options);
  for (const auto& part : {with_length(" 3"), "GET /hi HTTP/1.1\r\nHost: loc"s, "G"s}) {
    RawClient client(server.port());
    client.send(part);
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 408);
    CHECK(reply->code() == "request-timeout");
    CHECK(client.is_closed_by_server());
  }
}

TEST_CASE("row 29: who keeps sending has no more time than others") {
  HttpServerOptions options;
  options.limits.request_deadline = std::chrono::milliseconds(150);
  TestServer server(options);
  RawClient client(server.port());
  client.send("GET /hi HTTP/1.1\r\nHost: localhost\r\nX-A: ");
  std::optional<RawReply> reply;
  for (int i = 0; i < 1'000 && !reply; ++i) {
    client.send("a");
    reply = client.read_reply(false, std::chrono::milliseconds(5));
  }
  REQUIRE(reply);
  CHECK(reply->code() == "request-timeout");
}

TEST_CASE("row 30: the body of a GET is refused and never the next request") {
  TestServer server;
  RawClient client(server.port());
  const std::string hidden = post("/count", "{}");
  client.send(get("/hi", "Content-Length: " + std::to_string(hidden.size()) + "\r\n") + hidden);
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 400);
  CHECK(reply->code() == "unexpected-body");
  CHECK_FALSE(client.read_reply());
  CHECK(server.counted() == 0);
}

TEST_CASE("row 32: compressed bodies are refused") {
  for (const auto* encoding : {"gzip", "br", "deflate", "zstd", "identity, gzip"}) {
    check_refused(post("/echo", "{}", "Content-Encoding: "s + encoding + "\r\n"), 415,
                  "unsupported-content-encoding");
  }
  CHECK(status_of_ask(post("/echo", "{}", "Content-Encoding: identity\r\n")) == 200);
}

}  // namespace
}  // namespace truce
