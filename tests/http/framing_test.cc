#include "sidecar/http/framing.h"

#include <catch2/catch.hpp>

namespace truce {
namespace {

using State = RequestReader::State;

constexpr FrameLimits limits;

RequestReader read(std::string_view bytes, const FrameLimits& frame_limits = limits) {
  RequestReader reader(frame_limits);
  reader.take(bytes);
  return reader;
}

TEST_CASE("a head is read as it stands") {
  auto reader = read(
      "POST /a/b?c=%20d HTTP/1.1\r\nHost:  x \r\nX-Odd:\t\"v: 1\"\t\r\nContent-Length: 3"
      "\r\n\r\nabcGET");
  REQUIRE(reader.state() == State::head_complete);
  CHECK(reader.head().method == "POST");
  CHECK(reader.head().target == "/a/b?c=%20d");
  CHECK(reader.head().find_header("host") == "x");
  CHECK(reader.head().find_header("x-odd") == "\"v: 1\"");
  CHECK(reader.head().body_bytes == 3);
  CHECK(reader.head().keeps_connection);
}

TEST_CASE("the reader takes its own bytes and leaves the next request's") {
  RequestReader reader(limits);
  const std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n";
  const std::size_t head = reader.take(bytes);
  CHECK(bytes.substr(head, 3) == "abc");
  reader.accept_body();
  const std::size_t body = reader.take(bytes.substr(head));
  CHECK(bytes.substr(head + body, 3) == "GET");
  REQUIRE(reader.state() == State::complete);
  const auto request = reader.release();
  CHECK(request.body == "abc");
  CHECK(request.head.method == "POST");
  CHECK(reader.state() == State::reading_head);
  CHECK(reader.untouched());
}

TEST_CASE("a request without a length has no body") {
  auto reader = read("POST / HTTP/1.1\r\nHost: x\r\n\r\n");
  reader.accept_body();
  CHECK(reader.state() == State::complete);
}

TEST_CASE("a connection is kept unless the client says otherwise") {
  const auto keeps = [](std::string_view version, std::string_view headers) {
    return read("GET / " + std::string(version) + "\r\nHost: x\r\n" + std::string(headers) + "\r\n")
        .head()
        .keeps_connection;
  };
  CHECK(keeps("HTTP/1.1", ""));
  CHECK(keeps("HTTP/1.1", "Connection: keep-alive\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: TE , Close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: te\r\nConnection: close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.0", ""));
}

TEST_CASE("a fault is told as soon as it can be known") {
  CHECK(read("\x16\x03").refusal().code == RefusalCode::not_http);
  CHECK(read("g").refusal().code == RefusalCode::malformed_request);
  CHECK(read("\r\n").refusal().code == RefusalCode::malformed_request);
  CHECK(read("GET /" + std::string(2'100, 'a')).refusal().code == RefusalCode::uri_too_long);
  CHECK(read("GET / HTTP/1.1\r\nHost x\r\n").state() == State::refused);
}

TEST_CASE("the limit of the head is met to the byte") {
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
  const auto with_bytes = [&](std::size_t total) {
    std::string head = start;
    while (total - head.size() > 5'000) head += "X-A: " + std::string(993, 'a') + "\r\n";
    const std::size_t filler = total - head.size() - 2 - 7;
    return head + "X-B: " + std::string(filler, 'b') + "\r\n\r\n";
  };
  CHECK(with_bytes(16'384).size() == 16'384);
  CHECK(read(with_bytes(16'384)).state() == State::head_complete);
  CHECK(read(with_bytes(16'385)).refusal().code == RefusalCode::headers_too_large);
}

TEST_CASE("the limit of a body is met to the byte") {
  FrameLimits small;
  small.body_bytes = 10;
  CHECK(read("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", small).state() ==
        State::head_complete);
  CHECK(read("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", small).refusal().code ==
        RefusalCode::payload_too_large);
}

TEST_CASE("an announced body takes no memory before it comes") {
  auto reader = read("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\n");
  reader.accept_body();
  CHECK(reader.state() == State::reading_body);
  CHECK(reader.buffered_bytes() < 100);
}

TEST_CASE("leading zeros of a length are digits like others") {
  CHECK(read("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0010\r\n\r\n").head().body_bytes == 10);
}

// The fuzz target asks the same of random bytes.
TEST_CASE("what is found does not depend on how the bytes were cut") {
  const std::string inputs[] = {
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
      "GET /a HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
      "GET /a HTTP/1.1\nHost: x\r\n\r\n",
      "GET /" + std::string(2'200, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nX: " + std::string(9'000, 'a') + "\r\nHost: x\r\n\r\n",
  };
  for (const auto& input : inputs) {
    RequestReader whole(limits);
    std::size_t whole_taken = whole.take(input);
    if (whole.state() == State::head_complete) {
      whole.accept_body();
      whole_taken += whole.take(std::string_view(input).substr(whole_taken));
    }
    for (std::size_t step = 1; step <= 7; ++step) {
      RequestReader pieces(limits);
      std::size_t taken = 0;
      while (taken < input.size()) {
        taken += pieces.take(std::string_view(input).substr(taken, step));
        if (pieces.state() == State::head_complete) pieces.accept_body();
        if (pieces.state() == State::complete || pieces.state() == State::refused) break;
      }
      CHECK(taken == whole_taken);
      CHECK(pieces.state() == whole.state());
      CHECK(pieces.refusal().code == whole.refusal().code);
    }
  }
}

TEST_CASE("every refusal has a name, a status and a title of its own") {
  for (std::size_t i = 0; i < refusal_code_count; ++i) {
    const auto code = static_cast<RefusalCode>(i);
    CHECK(refusal_code_from(to_string(code)) == code);
    CHECK((status_of(code) >= 400 || code == RefusalCode::not_http));
    CHECK_FALSE(title_of(code).empty());
  }
  CHECK_FALSE(refusal_code_from("nothing"));
}

}  // namespace
}  // namespace truce
