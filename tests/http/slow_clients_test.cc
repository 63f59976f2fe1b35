// R15: clients that are slow, silent or deaf cost the others nothing.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/http/test_server.h"

namespace truce {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool is_instrumented = true;
#else
constexpr bool is_instrumented = false;
#endif

constexpr std::size_t honest_clients = 8;
constexpr std::size_t requests_each = 100;
constexpr std::size_t most_growth_bytes = 64 * 1024 * 1024;
constexpr auto most_latency = milliseconds(is_instrumented ? 500 : 50);
constexpr int rounds = 3;

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * 4096;
}

void allow_descriptors(rlim_t count) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(count, limit.rlim_max));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_cur >= count);
}

// All the clients nobody wants, attached as long as it lives.
class SlowClients {
 public:
  explicit SlowClients(std::uint16_t port) {
    for (int i = 0; i < 1'000; ++i) silent_.emplace_back(port);
    for (int i = 0; i < 100; ++i) {
      dripping_.emplace_back(port);
      dripping_.back().send("GET /hi HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      dripping_.emplace_back(port);
      dripping_.back().send(post("/echo", std::string(100'000, 'x')).substr(0, 300));
    }
    for (int i = 0; i < 50; ++i) {
      deaf_.emplace_back(port);
      deaf_.back().send(get("/large?bytes=500000"));
    }
    thread_ = std::thread([this] {
      while (!done_) {
        for (auto& client : dripping_) alive_ = client.send("x") && alive_;
        std::this_thread::sleep_for(milliseconds(20));  // the slowness under test
      }
    });
  }
  ~SlowClients() {
    done_ = true;
    thread_.join();
  }
  bool all_alive() const { return alive_; }

 private:
  std::vector<RawClient> silent_;
  std::vector<RawClient> dripping_;
  std::vector<RawClient> deaf_;
  std::atomic<bool> done_{false};
  std::atomic<bool> alive_{true};
  std::thread thread_;
};

// Each other request on a connection of its own, as n8n does, and each other one on a kept one.
std::vector<steady_clock::duration> honest_latencies(std::uint16_t port) {
  const std::string body(1'000, 'x');
  RawClient kept(port);
  std::vector<steady_clock::duration> latencies;
  for (std::size_t i = 0; i < requests_each; ++i) {
    const auto start = steady_clock::now();
    std::optional<RawReply> reply;
    if (i % 2 == 0) {
      kept.send(post("/echo", body));
      reply = kept.read_reply();
    } else {
      RawClient fresh(port);
      fresh.send(post("/echo", body, "Connection: close\r\n"));
      reply = fresh.read_reply();
    }
    if (reply && reply->body == body) latencies.push_back(steady_clock::now() - start);
  }
  return latencies;
}

std::vector<steady_clock::duration> all_honest_latencies(std::uint16_t port) {
  std::vector<std::vector<steady_clock::duration>> results(honest_clients);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&result, port] { result = honest_latencies(port); });
  }
  for (auto& thread : threads) thread.join();
  std::vector<steady_clock::duration> all;
  for (const auto& result : results) all.insert(all.end(), result.begin(), result.end());
  std::sort(all.begin(), all.end());
  return all;
}

steady_clock::duration p99(const std::vector<steady_clock::duration>& sorted) {
  return sorted.empty() ? steady_clock::duration::max() / 4 : sorted[sorted.size() * 99 / 100];
}

TEST_CASE("R15: 1250 slow, silent and deaf clients do not delay eight honest ones") {
  allow_descriptors(4'000);
  HttpServerOptions options;
  options.limits.request_deadline = std::chrono::minutes(5);  // they stay while we measure
  options.limits.idle_deadline = std::chrono::minutes(5);
  TestServer server(options);
  all_honest_latencies(server.port());  // every thread has worked once
  const std::size_t before = resident_bytes();
  const SlowClients slow(server.port());
  REQUIRE(comes_true([&] { return server.server().stats().connections_open >= 1'250; }));

  auto best = steady_clock::duration::max();
  // Whatever else the machine does in one of the rounds is not ours.
  for (int round = 0; round < rounds && best >= most_latency; ++round) {
    const auto latencies = all_honest_latencies(server.port());
    REQUIRE(latencies.size() == honest_clients * requests_each);
    best = std::min(best, p99(latencies));
  }
  const std::size_t after = resident_bytes();
  const std::size_t growth = after > before ? after - before : 0;
  WARN("p99 " << std::chrono::duration_cast<std::chrono::microseconds>(best).count()
              << " us, growth " << growth / 1024 << " KiB");
  CHECK(best < most_latency);
  if (!is_instrumented) CHECK(growth < most_growth_bytes);
  CHECK(slow.all_alive());
  CHECK(server.server().stats().connections_open >= 1'250);
}

TEST_CASE("R15: slow clients are gone after their deadline") {
  allow_descriptors(4'000);
  HttpServerOptions options;
  options.limits.request_deadline = milliseconds(500);
  options.limits.reply_deadline = milliseconds(500);
  options.limits.idle_deadline = milliseconds(500);
  options.limits.linger_deadline = milliseconds(500);
  TestServer server(options);
  const SlowClients slow(server.port());
  CHECK(comes_true([&] { return server.server().stats().connections_open == 0; }));
  const auto counts = server.server().stats();
  CHECK(counts.connections_open == 0);
  CHECK(counts.buffered_bytes == 0);
  CHECK(counts.connections_accepted == 1'250);
  CHECK(counts.refusals.at(RefusalCode::request_timeout) == 200);
}

}  // namespace
}  // namespace truce
