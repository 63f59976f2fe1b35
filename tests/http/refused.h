// How the rows of the table of bad input are asked: bytes as they stand, over a socket of their
// own.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "tests/http/test_server.h"

namespace truce {

// Sends the bytes; expects this refusal, and the end of the connection.
inline void check_refused(std::string_view bytes, int status, const std::string& code) {
  INFO("sent: " << bytes.substr(0, 120));
  RawClient client(shared_server().port());
  client.send(bytes);
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == status);
  CHECK(reply->code() == code);
  CHECK(reply->header("content-type") == "application/problem+json");
  CHECK(reply->header("connection") == "close");
  CHECK(client.is_closed_by_server());
}

inline int status_of_ask(std::string_view bytes) {
  const auto reply = shared_server().ask(bytes);
  return reply ? reply->status : 0;
}

inline std::string with_host(std::string_view host) {
  return "GET /hi HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
}

inline std::string with_length(std::string_view length) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + bearer(all_token) +
         "Content-Type: application/json\r\nContent-Length:" + std::string(length) + "\r\n\r\n{}";
}

}  // namespace truce
