#include "sidecar/demo/sidecar_client.h"

namespace truce::demo {
namespace {

constexpr time_t timeout_s = 30;

SidecarReply reply_of(const httplib::Result& result) {
  SidecarReply reply;
  if (!result) return reply;
  reply.status = result->status;
  Result<Json> body = parse_json(result->body);
  if (body) reply.body = std::move(*body);
  return reply;
}

}  // namespace

std::string SidecarReply::trouble() const {
  if (status == 0) return "the sidecar does not answer";
  std::string line = "the sidecar answers " + std::to_string(status);
  for (const char* member : {"code", "detail", "title"}) {
    const Json* text = find_member(body, member);
    if (text != nullptr && text->is_string()) line += ", " + shown(text->get<std::string>());
  }
  return line;
}

SidecarClient::SidecarClient(const std::string& url, const std::string& token) : client_(url) {
  client_.set_keep_alive(true);
  client_.set_tcp_nodelay(true);
  client_.set_connection_timeout(timeout_s);
  client_.set_read_timeout(timeout_s);
  client_.set_write_timeout(timeout_s);
  client_.set_default_headers({{"Authorization", "Bearer " + token}});
}

SidecarReply SidecarClient::get(const std::string& path) { return reply_of(client_.Get(path)); }

SidecarReply SidecarClient::post(const std::string& path, const Json& body) {
  return reply_of(client_.Post(path, to_wire(body), "application/json"));
}

}  // namespace truce::demo
