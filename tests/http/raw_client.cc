#include "tests/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "sidecar/http/ascii.h"

namespace truce {

using std::chrono::steady_clock;

std::string RawReply::code() const {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object() || !document.contains("code")) return "";
  return document.at("code").get<std::string>();
}

std::string RawReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

RawClient::RawClient(std::uint16_t port, const char* address) {
  const bool is_v6 = std::string_view(address).find(':') != std::string_view::npos;
  socket_ = FileDescriptor(::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  ::inet_pton(is_v6 ? AF_INET6 : AF_INET, address,
              is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr));
  const auto* target =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  if (!socket_.is_open() ||
      ::connect(socket_.number(), target, is_v6 ? sizeof v6 : sizeof v4) != 0) {
    throw std::runtime_error("no connection to port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::shut_down_sending() { ::shutdown(socket_.number(), SHUT_WR); }

void RawClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.close();
}

bool RawClient::receive(steady_clock::time_point end) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
  pollfd waited{socket_.number(), POLLIN, 0};
  if (left.count() <= 0 || ::poll(&waited, 1, static_cast<int>(left.count())) <= 0) return false;
  char piece[65536];
  const ssize_t count = ::recv(socket_.number(), piece, sizeof piece, 0);
  if (count <= 0) return false;
  received_.append(piece, static_cast<std::size_t>(count));
  return true;
}

std::optional<RawReply> RawClient::read_reply(bool to_head, std::chrono::milliseconds patience) {
  const auto end = steady_clock::now() + patience;
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive(end)) return std::nullopt;
  }
  RawReply reply;
  reply.status = std::stoi(received_.substr(9, 3));
  std::size_t at = received_.find("\r\n") + 2;
  while (at < head_end + 2) {
    const std::size_t line_end = received_.find("\r\n", at);
    const std::string line = received_.substr(at, line_end - at);
    const std::size_t colon = line.find(':');
    reply.headers[ascii::lower_case(line.substr(0, colon))] =
        ascii::trim_blanks(std::string_view(line).substr(colon + 1));
    at = line_end + 2;
  }
  const std::string length = reply.header("content-length");
  const std::size_t body_bytes = to_head || length.empty() ? 0 : std::stoul(length);
  const std::size_t body_start = head_end + 4;
  while (received_.size() < body_start + body_bytes) {
    if (!receive(end)) return std::nullopt;
  }
  reply.body = received_.substr(body_start, body_bytes);
  received_.erase(0, body_start + body_bytes);
  return reply;
}

bool RawClient::is_closed_by_server(std::chrono::milliseconds patience) {
  const auto end = steady_clock::now() + patience;
  while (receive(end)) {
  }
  return steady_clock::now() < end;
}

}  // namespace truce
