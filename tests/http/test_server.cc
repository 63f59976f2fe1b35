#include "tests/http/test_server.h"

#include <stdexcept>
#include <thread>

#include "engine/core/model/hash.h"

namespace truce {
namespace {

HttpServerOptions with_test_tokens(HttpServerOptions options) {
  if (options.listen.empty()) options.listen = {{"127.0.0.1", 0}};
  if (options.tokens.empty()) {
    options.tokens = TokenTable::parse("all ingest,operate,read " + sha256_hex(all_token) +
                                       "\nreader read " + sha256_hex(read_token) + "\nold ingest " +
                                       sha256_hex(expired_token) + " 2020-01-01T00:00:00Z\n")
                         .value();
  }
  return options;
}

HttpReply text_reply(std::string_view text) {
  HttpReply reply;
  reply.content_type = "text/plain";
  reply.body = text;
  return reply;
}

}  // namespace

void Door::open() {
  const std::lock_guard lock(mutex_);
  is_open_ = true;
  moved_.notify_all();
}

void Door::pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  moved_.notify_all();
  moved_.wait(lock, [this] { return is_open_; });
  --waiting_;
}

void Door::await_waiting(std::size_t count) {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [&] { return waiting_ >= count; });
}

TestServer::TestServer(HttpServerOptions options)
    : server_(with_test_tokens(std::move(options)), routes(), clock_) {
  const auto started = server_.start();
  if (!started) throw std::runtime_error(started.error().message);
}

std::vector<Route> TestServer::routes() {
  const auto echo = [](const HttpRequest& request) { return text_reply(request.body); };
  const auto count = [this](const HttpRequest&) {
    ++counted_;
    return text_reply("counted");
  };
  const auto query = [](const HttpRequest& request) {
    return text_reply(request.query_parameter("cursor").value_or("none"));
  };
  const auto name = [](const HttpRequest& request) {
    return text_reply(request.path_parameter("name"));
  };
  const auto large = [](const HttpRequest& request) {
    return text_reply(
        std::string(std::stoul(std::string(request.query_parameter("bytes").value_or("0"))), 'x'));
  };
  const auto wait = [this](const HttpRequest&) {
    door_.pass();
    return text_reply("passed");
  };
  const auto throws = [](const HttpRequest&) -> HttpReply {
    throw std::runtime_error("a secret of the handler");
  };
  const auto split = [](const HttpRequest&) {
    HttpReply reply = text_reply("x");
    reply.headers.emplace_back("X-Note", "a\r\nSet-Cookie: b");
    return reply;
  };
  const auto who = [](const HttpRequest& request) { return text_reply(request.token_name); };
  const auto hi = [](const HttpRequest&) { return text_reply("hi"); };
  return {
      {"GET", "/hi", std::nullopt, hi},
      {"POST", "/echo", Scope::ingest, echo},
      {"POST", "/count", Scope::ingest, count},
      {"GET", "/read", Scope::read, who},
      {"GET", "/query", std::nullopt, query},
      {"GET", "/name/{name}", std::nullopt, name},
      {"GET", "/large", std::nullopt, large},
      {"POST", "/wait", Scope::ingest, wait},
      {"GET", "/quick", std::nullopt, hi, Lane::quick},
      {"GET", "/throw", std::nullopt, throws},
      {"GET", "/split", std::nullopt, split},
  };
}

std::optional<RawReply> TestServer::ask(std::string_view bytes) {
  RawClient client(port());
  client.send(bytes);
  return client.read_reply(bytes.substr(0, 5) == "HEAD ").value_or(RawReply{});
}

TestServer& shared_server() {
  static TestServer server;
  return server;
}

bool comes_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // counts cannot be waited for
  }
  return false;
}

std::string bearer(std::string_view token) {
  return "Authorization: Bearer " + std::string(token) + "\r\n";
}

std::string get(std::string_view target, std::string_view headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view headers) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + bearer(all_token) +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace truce
