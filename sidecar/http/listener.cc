#include "sidecar/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>

namespace truce {
namespace {

constexpr int backlog = 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  int family() const { return storage.ss_family; }
  sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<SocketAddress> socket_address(const Endpoint& endpoint) {
  SocketAddress address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    address.length = sizeof(sockaddr_in);
    return address;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET6, endpoint.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    address.length = sizeof(sockaddr_in6);
    return address;
  }
  return std::nullopt;
}

std::uint16_t bound_port(int socket) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(socket, address.pointer(), &address.length) != 0) return 0;
  return address.family() == AF_INET
             ? ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port)
             : ntohs(reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port);
}

Problem listen_problem(const Endpoint& endpoint, int error) {
  const Code code = error == EADDRINUSE                               ? Code::busy
                    : error == EADDRNOTAVAIL || error == EAFNOSUPPORT ? Code::not_found
                                                                      : Code::not_allowed;
  return Problem{
      code,
      "Cannot listen on " + to_string(endpoint) + ": " + std::generic_category().message(error),
      ""};
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  constexpr auto expected = "expected ADDRESS:PORT, such as 127.0.0.1:8377 or [::1]:8377";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail(Code::format, expected);
  std::string_view address = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";

  Endpoint endpoint{std::string(address), 0};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  const auto parsed = socket_address(endpoint);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || !parsed ||
      bracketed != (parsed->family() == AF_INET6)) {
    return fail(Code::format, expected);
  }
  return endpoint;
}

std::string to_string(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  return (is_v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
         std::to_string(endpoint.port);
}

bool is_loopback(const Endpoint& endpoint) {
  const auto address = socket_address(endpoint);
  if (!address) return false;
  if (address->family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address->storage);
    return (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address->storage);
  return std::memcmp(&v6->sin6_addr, &in6addr_loopback, sizeof in6addr_loopback) == 0;
}

Result<Listener> Listener::open(const Endpoint& endpoint) {
  auto address = socket_address(endpoint);
  if (!address) return fail(Code::format, endpoint.address + " is no IP address");
  Listener listener;
  listener.socket_ =
      FileDescriptor(::socket(address->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int number = listener.socket_.number();
  // Without V6ONLY [::] would take IPv4 too, and a second listener for 0.0.0.0 would fail.
  if (number < 0 || ::setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      (address->family() == AF_INET6 &&
       ::setsockopt(number, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
      ::bind(number, address->pointer(), address->length) != 0 || ::listen(number, backlog) != 0) {
    return tl::unexpected(listen_problem(endpoint, errno));
  }
  listener.port_ = bound_port(number);
  return listener;
}

}  // namespace truce
