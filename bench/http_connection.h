// One kept connection to a server on loopback, as cheap as can be: the clients share the processors
// with the server they measure. Where the server closes it after an answer, the next call opens
// another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace truce::bench {

struct HttpReply {
  int status = 0;
  std::string body;
};

class HttpConnection {
 public:
  // Connects to 127.0.0.1. An empty token sends none.
  HttpConnection(std::uint16_t port, std::string token);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // nullopt: not connected, the connection broke, or nothing came for a minute.
  std::optional<HttpReply> post(const std::string& target, const std::string& body);

 private:
  void open();
  void shut();
  bool send_all(const std::string& bytes);
  bool receive_more();

  std::uint16_t port_;
  int socket_ = -1;
  std::string token_;
  std::string received_;
};

}  // namespace truce::bench
