#include <catch2/catch.hpp>

#include "tests/http/test_server.h"

namespace truce {
namespace {

TEST_CASE("one connection serves one request after another") {
  RawClient client(shared_server().port());
  for (int i = 0; i < 20; ++i) {
    const std::string body = "{\"n\":" + std::to_string(i) + "}";
    REQUIRE(client.send(post("/echo", body)));
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body == body);
    CHECK(reply->header("connection") != "close");
  }
}

TEST_CASE("Connection: close is honoured") {
  RawClient client(shared_server().port());
  client.send(get("/hi", "Connection: close\r\n"));
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(reply->header("connection") == "close");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a client of HTTP/1.0 is answered and let go") {
  RawClient client(shared_server().port());
  client.send("GET /hi HTTP/1.0\r\nHost: localhost\r\n\r\n");
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("row 31: pipelined requests are answered in their order, each once") {
  TestServer server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += i % 2 == 0 ? post("/count", "{}") : get("/hi");
  REQUIRE(client.send(all));
  for (int i = 0; i < 50; ++i) {
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->body == (i % 2 == 0 ? "counted" : "hi"));
  }
  CHECK(server.counted() == 25);
}

TEST_CASE("row 31: behind a refused request nothing is executed") {
  TestServer server;
  RawClient client(server.port());
  client.send(post("/nowhere", "{}") + post("/count", "{}"));
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 404);
  CHECK_FALSE(client.read_reply());
  CHECK(server.counted() == 0);
}

TEST_CASE("a request cut into pieces at any byte is the same request") {
  const std::string request = post("/echo", "{\"a\":1}", "X-Other: b\r\n");
  RawClient client(shared_server().port());
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    REQUIRE(client.send(request.substr(0, cut)));
    REQUIRE(client.send(request.substr(cut)));
    const auto reply = client.read_reply();
    REQUIRE(reply);
    REQUIRE(reply->body == "{\"a\":1}");
  }
}

TEST_CASE("a request sent byte by byte is the same request") {
  RawClient client(shared_server().port());
  for (const char byte : post("/echo", "[1,2]")) REQUIRE(client.send(std::string_view(&byte, 1)));
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->body == "[1,2]");
}

TEST_CASE("a client may shut its half before the reply comes") {
  RawClient client(shared_server().port());
  client.send(post("/echo", "{}"));
  client.shut_down_sending();
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->body == "{}");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a connection has a last request, and the client is told") {
  HttpServerOptions options;
  options.limits.requests_per_connection = 3;
  TestServer server(options);
  RawClient client(server.port());
  for (int i = 1; i <= 3; ++i) {
    client.send(get("/hi"));
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK((reply->header("connection") == "close") == (i == 3));
  }
  CHECK(client.is_closed_by_server());
}

TEST_CASE("an idle connection is closed without a word") {
  HttpServerOptions options;
  options.limits.idle_deadline = std::chrono::milliseconds(100);
  TestServer server(options);
  RawClient client(server.port());
  client.send(get("/hi"));
  REQUIRE(client.read_reply());
  CHECK_FALSE(client.read_reply());
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a body of the largest size goes there and back") {
  std::string body(shared_server().server().limits().frame.body_bytes, 'x');
  body.front() = body.back() = '"';
  RawClient client(shared_server().port());
  REQUIRE(client.send(post("/echo", body)));
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(reply->body == body);
}

TEST_CASE("HEAD has the head of GET and no body, and the connection stays in step") {
  RawClient client(shared_server().port());
  client.send("HEAD /hi HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto head = client.read_reply(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->header("content-length") == "2");
  client.send(get("/hi"));
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->body == "hi");
}

TEST_CASE("a refused HEAD has no body either") {
  RawClient client(shared_server().port());
  client.send("HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto reply = client.read_reply(true);
  REQUIRE(reply);
  CHECK(reply->status == 404);
  CHECK_FALSE(client.read_reply());
}

TEST_CASE("a client that waits for 100 is told to go on") {
  RawClient client(shared_server().port());
  const std::string request = post("/echo", "{\"a\":1}", "Expect: 100-continue\r\n");
  const auto body_start = request.size() - 7;
  client.send(request.substr(0, body_start));
  const auto interim = client.read_reply();
  REQUIRE(interim);
  CHECK(interim->status == 100);
  client.send(request.substr(body_start));
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(reply->body == "{\"a\":1}");
}

}  // namespace
}  // namespace truce
