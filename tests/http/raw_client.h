// A client that sends exactly the bytes it is told to, so that it can be as wrong as anybody.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/http/file_descriptor.h"

namespace truce {

struct RawReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  std::string code() const;  // of a problem document; empty for anything else
  std::string header(const std::string& name) const;
};

class RawClient {
 public:
  // Connected; throws std::runtime_error when it cannot be.
  explicit RawClient(std::uint16_t port, const char* address = "127.0.0.1");

  // False when the other side has closed.
  bool send(std::string_view bytes);
  void shut_down_sending();
  // Closes with a reset.
  void reset();
  // The next reply, or none when the connection ends or `patience` is over before it is whole. An
  // interim 100 is a reply, too. `to_head`: the reply has no body, whatever its length says.
  std::optional<RawReply> read_reply(bool to_head = false,
                                     std::chrono::milliseconds patience = std::chrono::seconds(30));
  // True when the other side ends the connection within `patience`, dropping what it sends.
  bool is_closed_by_server(std::chrono::milliseconds patience = std::chrono::seconds(30));
  int socket() const { return socket_.number(); }

 private:
  bool receive(std::chrono::steady_clock::time_point end);

  FileDescriptor socket_;
  std::string received_;
};

}  // namespace truce
