// Addresses that are listened on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/model/error.h"
#include "sidecar/http/file_descriptor.h"

namespace truce {

struct Endpoint {
  std::string address;     // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;  // 0: any free one
  bool operator==(const Endpoint&) const = default;
};

// "127.0.0.1:8377", "[::1]:8377", "localhost:8377" (127.0.0.1). Names are not resolved: what a name
// points to may change, and with it who can reach us. `format` for anything else.
Result<Endpoint> parse_endpoint(std::string_view text);
// "127.0.0.1:8377", "[::1]:8377"
std::string to_string(const Endpoint& endpoint);
// In 127.0.0.0/8, or ::1.
bool is_loopback(const Endpoint& endpoint);

class Listener {
 public:
  // Bound and listening, not blocking. `busy` when another process has the port, `not-found` when
  // this machine has no such address, `not-allowed` otherwise.
  static Result<Listener> open(const Endpoint& endpoint);

  int socket() const { return socket_.number(); }
  std::uint16_t port() const { return port_; }

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

}  // namespace truce
