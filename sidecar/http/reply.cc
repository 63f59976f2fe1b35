#include "sidecar/http/reply.h"

#include <algorithm>

#include "sidecar/http/ascii.h"

namespace truce {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Refused";
  }
}

void append_header(std::string& bytes, std::string_view name, std::string_view value) {
  bytes.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& reply_headers() {
  static const std::vector<std::pair<std::string, std::string>> headers = {
      {"X-Content-Type-Options", "nosniff"},
      {"Cache-Control", "no-store"},
  };
  return headers;
}

bool is_sendable_header(std::string_view name, std::string_view value) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return ascii::is_alphanumeric(c) || c == '-';
  }) && std::all_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
}

std::string render_closing_reply(const HttpReply& reply, ReplyBody body) {
  std::string bytes = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  bytes.append(reason_of(reply.status)).append("\r\n");
  append_header(bytes, "Content-Type", reply.content_type);
  append_header(bytes, "Content-Length", std::to_string(reply.body.size()));
  append_header(bytes, "Connection", "close");
  for (const auto& [name, value] : reply_headers()) append_header(bytes, name, value);
  for (const auto& [name, value] : reply.headers) append_header(bytes, name, value);
  bytes.append("\r\n");
  if (body == ReplyBody::sent) bytes.append(reply.body);
  return bytes;
}

}  // namespace truce
