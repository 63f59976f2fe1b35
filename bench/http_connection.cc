#include "bench/http_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace truce::bench {
namespace {

constexpr int timeout_s = 60;

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  for (std::size_t at = 0; at + name.size() <= head.size(); ++at) {
    if (strncasecmp(head.data() + at, name.data(), name.size()) != 0) continue;
    std::size_t length = 0;
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
  }
  return 0;
}

int status_of(std::string_view head) {
  constexpr std::size_t behind_version = 9;  // "HTTP/1.1 "
  int status = 0;
  if (head.size() < behind_version) return status;
  std::from_chars(head.data() + behind_version, head.data() + head.size(), status);
  return status;
}

}  // namespace

HttpConnection::HttpConnection(std::uint16_t port, std::string token)
    : port_(port), token_(std::move(token)) {
  open();
}

void HttpConnection::open() {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{timeout_s, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  shut();
}

void HttpConnection::shut() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

HttpConnection::~HttpConnection() { shut(); }

std::optional<HttpReply> HttpConnection::post(const std::string& target, const std::string& body) {
  std::string request = "POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!token_.empty()) request += "Authorization: Bearer " + token_ + "\r\n";
  request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body;
  if (socket_ < 0) open();
  if (!send_all(request)) return std::nullopt;
  received_.clear();
  std::size_t head_end = std::string::npos;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive_more()) return std::nullopt;
  }
  const std::string_view head = std::string_view(received_).substr(0, head_end + 2);
  HttpReply reply;
  reply.status = status_of(head);
  const std::size_t start = head_end + 4;
  const std::size_t length = content_length(head);
  while (received_.size() < start + length) {
    if (!receive_more()) return std::nullopt;
  }
  reply.body = received_.substr(start, length);
  if (head.find("Connection: close") != std::string_view::npos) shut();
  return reply;
}

bool HttpConnection::send_all(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += static_cast<std::size_t>(now);
  }
  return true;
}

bool HttpConnection::receive_more() {
  std::array<char, 64 * 1024> piece;
  const ssize_t now = recv(socket_, piece.data(), piece.size(), 0);
  if (now <= 0) return false;
  received_.append(piece.data(), static_cast<std::size_t>(now));
  return true;
}

}  // namespace truce::bench
