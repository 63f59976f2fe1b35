// What goes back to a client.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace truce {

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;                                          // empty: no Content-Type either
  std::vector<std::pair<std::string, std::string>> headers;  // besides those every reply has
};

enum class ReplyBody { sent, left_out };  // left out: the answer to a HEAD

// Headers that every reply has.
const std::vector<std::pair<std::string, std::string>>& reply_headers();

// True where the header can be written as it stands: a token, and a value without line ends and
// other control characters.
bool is_sendable_header(std::string_view name, std::string_view value);

// The guard's own replies as bytes, with "Connection: close". (What a handler replies is rendered
// by httplib.)
std::string render_closing_reply(const HttpReply& reply, ReplyBody body);

}  // namespace truce
