// A bare cpp-httplib server that answers every POST with its body: what HTTP alone costs.
#pragma once

#include <cstdint>
#include <memory>

namespace truce::bench {

class EchoServer {
 public:
  explicit EchoServer(std::size_t threads);
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  struct Running;
  std::unique_ptr<Running> running_;
  std::uint16_t port_ = 0;
};

}  // namespace truce::bench
