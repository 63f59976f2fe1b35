// Starting, stopping, queues and counts.
#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <numeric>
#include <thread>

#include "tests/http/test_server.h"

namespace truce {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::size_t thread_count() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

Result<void> start_on(const std::string& address, TokenSource source) {
  HttpServerOptions options;
  options.listen = {{address, 0}};
  options.tokens = TokenTable::parse(all_token).value();
  options.token_source = source;
  SettableClock clock;
  return HttpServer(std::move(options), {}, clock).start();
}

TEST_CASE("an address that others can reach needs a token that somebody chose") {
  for (const auto* address : {"0.0.0.0", "::"}) {
    const auto started = start_on(address, TokenSource::made);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == Code::not_allowed);
    CHECK(started.error().message.find("--token-file") != std::string::npos);
  }
  CHECK(start_on("0.0.0.0", TokenSource::given));
  CHECK(start_on("127.0.0.1", TokenSource::made));
}

TEST_CASE("nothing is served without a token") {
  SettableClock clock;
  CHECK(HttpServer({}, {}, clock).start().error().code == Code::not_allowed);
}

TEST_CASE("a port that is taken is reported") {
  HttpServerOptions options;
  options.listen = {{"127.0.0.1", shared_server().port()}};
  options.tokens = TokenTable::parse(all_token).value();
  SettableClock clock;
  const auto started = HttpServer(std::move(options), {}, clock).start();
  REQUIRE_FALSE(started);
  CHECK(started.error().code == Code::busy);
}

TEST_CASE("both loopback addresses are served on one port") {
  HttpServerOptions options;
  options.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  TestServer server(options);
  REQUIRE(server.server().endpoints().size() == 2);
  RawClient client(server.port(), "::1");
  client.send("GET /hi HTTP/1.1\r\nHost: [::1]:" + std::to_string(server.port()) + "\r\n\r\n");
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(server.ask(get("/hi"))->status == 200);
}

TEST_CASE("a full queue is a 503 with a time to come again, and the quick lane stays open") {
  HttpServerOptions options;
  options.limits.workers = 2;
  options.limits.queued_requests = 1;
  TestServer server(options);
  std::vector<RawClient> waiting;
  for (std::size_t i = 1; i <= 2; ++i) {
    waiting.emplace_back(server.port());
    waiting.back().send(post("/wait", "{}"));
    server.door().await_waiting(i);
  }
  RawClient queued(server.port());
  queued.send(post("/wait", "{}"));
  // The guard reads its clients in turn, so a later one may be first: one of two has to go.
  RawClient beyond(server.port());
  beyond.send(post("/wait", "{}"));
  auto refused = beyond.read_reply(false, milliseconds(1'000));
  if (!refused) refused = queued.read_reply();
  REQUIRE(refused);
  CHECK(refused->status == 503);
  CHECK(refused->code() == "busy");
  CHECK(refused->header("retry-after") == "1");
  CHECK(server.ask(get("/quick"))->status == 200);
  server.door().open();
  for (auto& client : waiting) CHECK(client.read_reply()->body == "passed");
}

TEST_CASE("bytes of all clients together are bounded") {
  HttpServerOptions options;
  options.limits.buffered_bytes = 1'000'000;
  TestServer server(options);
  std::vector<RawClient> clients;
  const std::string request = post("/echo", std::string(300'000, 'x'));
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(request.substr(0, request.size() - 1));
  }
  REQUIRE(comes_true([&] { return server.server().stats().buffered_bytes >= 900'000; }));
  RawClient beyond(server.port());
  beyond.send(request);
  const auto refused = beyond.read_reply();
  REQUIRE(refused);
  CHECK(refused->code() == "busy");
  for (auto& client : clients) {
    client.send("x");
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 200);
  }
  REQUIRE(comes_true([&] { return server.server().stats().buffered_bytes == 0; }));
}

TEST_CASE("a body is not read for a client without a token") {
  RawClient client(shared_server().port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 16000000\r\n\r\n");
  const auto reply = client.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 401);
}

TEST_CASE("a client that hangs up frees its place when its request is done") {
  HttpServerOptions options;
  options.limits.connections = 2;
  TestServer server(options);
  {
    RawClient gone(server.port());
    gone.send(post("/wait", "{}"));
    server.door().await_waiting(1);
    gone.reset();
  }
  CHECK(server.ask(get("/hi"))->status == 200);
  server.door().open();
  REQUIRE(comes_true([&] { return server.server().stats().connections_open == 0; }));
}

TEST_CASE("a reply that nobody reads is dropped at its deadline and holds no worker") {
  HttpServerOptions options;
  options.limits.workers = 1;
  options.limits.reply_deadline = milliseconds(200);
  TestServer server(options);
  std::vector<RawClient> readers_not;
  for (int i = 0; i < 4; ++i) {
    readers_not.emplace_back(server.port());
    readers_not.back().send(get("/large?bytes=16000000"));
  }
  CHECK(server.ask(get("/hi"))->status == 200);
  REQUIRE(comes_true([&] { return server.server().stats().connections_open == 0; }));
  CHECK(server.server().stats().buffered_bytes == 0);
}

TEST_CASE("stopping closes idle connections at once") {
  TestServer server;
  std::vector<RawClient> idle;
  for (int i = 0; i < 100; ++i) {
    idle.emplace_back(server.port());
    if (i % 2 != 0) continue;  // the others never sent a byte
    idle.back().send(get("/hi"));
    REQUIRE(idle.back().read_reply());
  }
  const auto start = steady_clock::now();
  server.server().stop(std::chrono::seconds(10));
  CHECK(steady_clock::now() - start < milliseconds(1'000));
  for (auto& client : idle) CHECK(client.is_closed_by_server());
  CHECK_THROWS(RawClient(server.port()));
}

TEST_CASE("stopping lets requests that are being served finish, and leaves no thread") {
  const std::size_t before = thread_count();
  TestServer server;
  std::vector<RawClient> clients;
  for (std::size_t i = 1; i <= 8; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(post("/wait", "{}"));
  }
  server.door().await_waiting(8);
  auto stopped =
      std::async(std::launch::async, [&] { server.server().stop(std::chrono::seconds(10)); });
  CHECK(stopped.wait_for(milliseconds(100)) == std::future_status::timeout);
  server.door().open();
  for (auto& client : clients) {
    const auto reply = client.read_reply();
    REQUIRE(reply);
    CHECK(reply->body == "passed");
    CHECK(client.is_closed_by_server());
  }
  stopped.get();
  CHECK(thread_count() == before);
}

TEST_CASE("stopping does not wait for a request that never comes to its end") {
  TestServer server;
  RawClient half(server.port());
  half.send("GET /hi HTTP/1.1\r\nHo");
  REQUIRE(comes_true([&] { return server.server().stats().buffered_bytes != 0; }));
  const auto start = steady_clock::now();
  server.server().stop(std::chrono::seconds(10));
  CHECK(steady_clock::now() - start < milliseconds(4'000));
  const auto reply = half.read_reply();
  REQUIRE(reply);
  CHECK(reply->code() == "shutting-down");
}

TEST_CASE("a second stop with less patience counts") {
  TestServer server;
  RawClient client(server.port());
  client.send(post("/wait", "{}"));
  server.door().await_waiting(1);
  auto patient =
      std::async(std::launch::async, [&] { server.server().stop(std::chrono::seconds(60)); });
  auto hurried = std::async(std::launch::async, [&] { server.server().stop(milliseconds(0)); });
  CHECK(client.is_closed_by_server());  // its handler still waits
  server.door().open();
  patient.get();
  hurried.get();
}

TEST_CASE("requests are counted by route and status, refusals by code") {
  TestServer server;
  for (int i = 0; i < 3; ++i) server.ask(get("/name/" + std::to_string(i)));
  server.ask(get("/throw"));
  server.ask(get("/nowhere"));
  const auto counts = server.server().stats();
  CHECK(counts.replies.at({"GET /name/{name}", 200}) == 3);
  CHECK(counts.replies.at({"GET /throw", 500}) == 1);
  CHECK(counts.refusals.at(RefusalCode::not_found) == 1);
  CHECK(counts.connections_accepted == 5);
  const auto& latency = counts.latency.at("GET /name/{name}");
  CHECK(latency.count == 3);
  CHECK(std::accumulate(latency.cells.begin(), latency.cells.end(), std::uint64_t{0}) == 3);
}

}  // namespace
}  // namespace truce
