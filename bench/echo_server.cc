#include "bench/echo_server.h"

#include <httplib.h>

#include <thread>

namespace truce::bench {

struct EchoServer::Running {
  httplib::Server server;
  std::thread thread;
};

EchoServer::EchoServer(std::size_t threads) : running_(std::make_unique<Running>()) {
  httplib::Server& server = running_->server;
  // A connection keeps its thread.
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(1'000'000);
  server.set_tcp_nodelay(true);
  server.Post("/echo", [](const httplib::Request& request, httplib::Response& response) {
    response.set_content(request.body, "application/json");
  });
  port_ = static_cast<std::uint16_t>(server.bind_to_any_port("127.0.0.1"));
  running_->thread = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
}

EchoServer::~EchoServer() {
  running_->server.stop();
  running_->thread.join();
}

}  // namespace truce::bench
