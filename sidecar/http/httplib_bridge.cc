#include "sidecar/http/httplib_bridge.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <new>

#if !defined(CPPHTTPLIB_OPENSSL_SUPPORT) || !defined(CPPHTTPLIB_ZLIB_SUPPORT) || \
    !defined(CPPHTTPLIB_BROTLI_SUPPORT)
#error \
    "Without pkg-config's flags for cpp-httplib its structs have another layout than its library."
#endif

namespace truce {
namespace {

// The request that this thread is serving: httplib's handlers are given only what httplib parsed.
thread_local const HttpRequest* serving = nullptr;
// There was no memory for the answer to it.
thread_local bool failed = false;

class MemoryStream : public httplib::Stream {
 public:
  explicit MemoryStream(std::string input) : input_(std::move(input)) {}

  bool is_readable() const override { return taken_ < input_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* target, std::size_t size) override {
    const std::size_t count = std::min(size, input_.size() - taken_);
    std::memcpy(target, input_.data() + taken_, count);
    taken_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    output_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  using httplib::Stream::write;
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // httplib refuses descriptors that do not fit a select(); ours never comes near one.
  socket_t socket() const override { return 0; }

  std::string release_output() { return std::move(output_); }

 private:
  std::string input_;
  std::size_t taken_ = 0;
  std::string output_;
};

// Only what routes the request. Left out on purpose: Range (up to 200 copies of a reply),
// Accept-Encoding (compression costs more than the loopback), Expect (answered), and everything
// that httplib would decode.
std::string head_for_httplib(const RequestHead& head) {
  std::string bytes = head.method + " " + head.target + " HTTP/1.1\r\nHost: ";
  bytes.append(head.find_header("host").value_or(std::string_view())).append("\r\n\r\n");
  return bytes;
}

void fill_response(HttpReply reply, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply_headers()) response.set_header(name, value);
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  if (!reply.body.empty()) {
    response.set_header("Content-Type", reply.content_type);
    response.body = std::move(reply.body);
  }
}

}  // namespace

class HttplibBridge::Server : public httplib::Server {
 public:
  explicit Server(std::function<HttpReply(const HttpRequest&)> dispatch) {
    set_pre_routing_handler(
        [dispatch = std::move(dispatch)](const httplib::Request&, httplib::Response& response) {
          try {
            fill_response(dispatch(*serving), response);
          } catch (const std::exception&) {
            failed = true;  // httplib would answer with what it says
          }
          return HandlerResponse::Handled;
        });
  }

  std::string serve(const HttpRequest& request, bool keeps_connection) {
    MemoryStream stream(head_for_httplib(request.head));
    bool connection_closed = false;
    serving = &request;
    failed = false;
    process_request(stream, !keeps_connection, connection_closed, nullptr);
    serving = nullptr;
    if (failed) throw std::bad_alloc();
    return stream.release_output();
  }
};

HttplibBridge::HttplibBridge(std::function<HttpReply(const HttpRequest&)> dispatch)
    : server_(std::make_unique<Server>(std::move(dispatch))) {}

HttplibBridge::~HttplibBridge() = default;

std::string HttplibBridge::serve(const HttpRequest& request, bool keeps_connection) const {
  return server_->serve(request, keeps_connection);
}

}  // namespace truce
