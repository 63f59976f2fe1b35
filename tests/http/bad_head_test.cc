// Rows 1 to 16 of the table of bad input (tests/bad_input.md): request lines, headers, Host.
#include <catch2/catch.hpp>

#include "tests/http/refused.h"

namespace truce {
namespace {

using namespace std::string_literals;

TEST_CASE("row 1: a request line of 8 KiB and more is refused") {
  check_refused(get("/" + std::string(8'191, 'a')), 414, "uri-too-long");
  check_refused("GET /" + std::string(100'000, 'a'), 414, "uri-too-long");
}

TEST_CASE("row 2: a path beyond 2,048 bytes is refused, one below is looked up") {
  check_refused(get("/" + std::string(8'100, 'a')), 414, "uri-too-long");
  check_refused(get("/" + std::string(2'048, 'a')), 414, "uri-too-long");
  check_refused(get("/" + std::string(2'047, 'a')), 404, "not-found");
  CHECK(status_of_ask(get("/name/" + std::string(2'042, 'a'))) == 200);
}

TEST_CASE("row 3: a header line of 9,000 bytes is refused") {
  check_refused(get("/hi", "X-A: " + std::string(9'000, 'a') + "\r\n"), 431, "headers-too-large");
  CHECK(status_of_ask(get("/hi", "X-A: " + std::string(8'000, 'a') + "\r\n")) == 200);
}

TEST_CASE("row 4: of a header line of 50 MB no more than the limit is kept") {
  RawClient client(shared_server().port());
  client.send("GET /hi HTTP/1.1\r\nHost: localhost\r\nX-A: ");
  const std::string megabyte(1'000'000, 'a');
  for (int i = 0; i < 50 && client.send(megabyte); ++i) {
    CHECK(shared_server().server().stats().buffered_bytes <= FrameLimits().header_block_bytes);
  }
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 431);
  CHECK(reply->code() == "headers-too-large");
}

TEST_CASE("row 5: 101 headers are refused") {
  std::string headers;
  for (int i = 0; i < 99; ++i) headers += "X-" + std::to_string(i) + ": 1\r\n";
  CHECK(status_of_ask(get("/hi", headers)) == 200);
  check_refused(get("/hi", headers + "X-Last: 1\r\n"), 431, "too-many-headers");
}

TEST_CASE("row 5: of a million headers no more than the limit is kept") {
  RawClient client(shared_server().port());
  client.send("GET /hi HTTP/1.1\r\nHost: localhost\r\n");
  std::string thousand;
  for (int i = 0; i < 1'000; ++i) thousand += "X-" + std::to_string(i) + ": 1\r\n";
  for (int i = 0; i < 1'000 && client.send(thousand); ++i) {
    CHECK(shared_server().server().stats().buffered_bytes <= FrameLimits().header_block_bytes);
  }
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 431);
  CHECK(reply->code() == "too-many-headers");
}

TEST_CASE("row 6: a bare LF ends no line") {
  check_refused("GET /hi HTTP/1.1\r\nHost: localhost\nX-A: 1\r\n\r\n", 400, "malformed-request");
  check_refused("GET /hi HTTP/1.1\nHost: localhost\n\n", 400, "malformed-request");
  check_refused("GET /hi HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n\n", 400, "malformed-request");
}

TEST_CASE("row 7: a folded header is refused") {
  check_refused(get("/hi", "X-A: 1\r\n 2\r\n"), 400, "malformed-request");
  check_refused(get("/hi", "X-A: 1\r\n\t2\r\n"), 400, "malformed-request");
}

TEST_CASE("row 8: a header without a colon or with a space before it is refused") {
  check_refused(get("/hi", "X-A\r\n"), 400, "malformed-request");
  check_refused(get("/hi", "Content-Length : 3\r\n"), 400, "malformed-request");
  check_refused(get("/hi", ": 3\r\n"), 400, "malformed-request");
}

TEST_CASE("row 9: NUL and other control characters in a header are refused") {
  check_refused(get("/hi", "X-A: a\0b\r\n"s), 400, "malformed-request");
  check_refused(get("/hi", "X-A: a\rb\r\n"), 400, "malformed-request");
  check_refused(get("/hi", "X-A: a\x7f\r\n"), 400, "malformed-request");
}

TEST_CASE("row 10: bytes beyond ASCII are refused in headers that are read") {
  check_refused(get("/hi", "Idempotency-Key: \xc3\xa4\r\n"), 400, "malformed-header");
  check_refused(get("/hi", "Authorization: Bearer \xff\r\n"), 400, "malformed-header");
  CHECK(status_of_ask(get("/hi", "X-Note: \xc3\xa4\r\n")) == 200);
}

TEST_CASE("row 11: percent signs are refused in headers that are read") {
  check_refused(get("/hi", "Idempotency-Key: a%0d%0ab\r\n"), 400, "malformed-header");
  check_refused(get("/hi", "Origin: http://localhost%00\r\n"), 400, "malformed-header");
  check_refused(with_host("local%68ost"), 400, "malformed-header");
  CHECK(status_of_ask(get("/hi", "X-Note: 100%\r\n")) == 200);
}

TEST_CASE("row 12: a request without Host is refused") {
  check_refused("GET /hi HTTP/1.1\r\n\r\n", 400, "host-missing");
}

TEST_CASE("row 13: two Host headers are refused") {
  check_refused(get("/hi", "Host: localhost\r\n"), 400, "host-duplicate");
}

TEST_CASE("row 14: a foreign Host is refused") {
  check_refused(with_host("evil.example"), 421, "host-not-allowed");
  check_refused(with_host(""), 421, "host-not-allowed");
}

TEST_CASE("row 15: only the loopback's own names are its names") {
  for (const auto* host : {"127.0.0.1.evil.com", "localhost.", "0x7f.1", "localhost:", "[::1",
                           "localhost:http", "127.1", "user@localhost", "[::1]x:80", "::1"}) {
    check_refused(with_host(host), 421, "host-not-allowed");
  }
  for (const auto* host : {"LOCALHOST:8080", "[::1]:8080", "127.0.0.1", "[::1]", "localhost:80"}) {
    INFO(host);
    CHECK(status_of_ask(with_host(host)) == 200);
  }
}

TEST_CASE("row 16: an absolute target is refused") {
  check_refused("GET http://evil.example/hi HTTP/1.1\r\nHost: localhost\r\n\r\n", 400,
                "malformed-request");
}

}  // namespace
}  // namespace truce
