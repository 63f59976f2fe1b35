// A server on a free loopback port with a few routes that do something visible.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/port/clock.h"
#include "sidecar/http/server.h"
#include "tests/http/raw_client.h"

namespace truce {

class SettableClock : public Clock {
 public:
  Time now() override { return Time{us_.load()}; }
  void set(Time time) { us_ = time.us; }

 private:
  std::atomic<std::int64_t> us_{Time::of_ms(1'800'000'000'000).us};
};

// A door that handlers wait at until the test opens it.
class Door {
 public:
  void open();
  void pass();                            // waits until it is open
  void await_waiting(std::size_t count);  // until so many wait
 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  bool is_open_ = false;
  std::size_t waiting_ = 0;
};

inline constexpr std::string_view all_token = "truce_all-000000000000000000000001";
inline constexpr std::string_view read_token = "truce_read-00000000000000000000002";
inline constexpr std::string_view expired_token = "truce_old-000000000000000000000003";

// Routes: GET /hi (no token), POST /echo (ingest; gives the body back), POST /count (ingest; counts
// the calls in `counted`), GET /read (read), GET /query (no token; gives the parameter "cursor"),
// GET /name/{name} (no token), GET /large?bytes= (no token), POST /wait (ingest; at `door`),
// GET /quick (no token, quick lane), GET /throw, GET /split (no token).
class TestServer {
 public:
  explicit TestServer(HttpServerOptions options = {});
  std::uint16_t port() const { return server_.port(); }
  HttpServer& server() { return server_; }
  SettableClock& clock() { return clock_; }
  Door& door() { return door_; }
  std::size_t counted() const { return counted_; }

  // One request on a connection of its own; status 0 when there is no whole reply.
  std::optional<RawReply> ask(std::string_view bytes);

 private:
  std::vector<Route> routes();

  SettableClock clock_;
  Door door_;
  std::atomic<std::size_t> counted_{0};
  HttpServer server_;
};

// One server for all tests that leave it as it was.
TestServer& shared_server();

// Waits until it holds, for a minute at most; gives whether it did.
bool comes_true(const std::function<bool()>& condition);

// "GET /hi HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n"
std::string get(std::string_view target, std::string_view headers = {});
// A POST of JSON with a good token.
std::string post(std::string_view target, std::string_view body, std::string_view headers = {});
std::string bearer(std::string_view token);  // the whole header line

}  // namespace truce
