// Between our requests and cpp-httplib: it parses each framed request once more and writes the
// reply, in memory. It never sees a socket, a header that could change its mind, or a body.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sidecar/http/reply.h"
#include "sidecar/http/request.h"

namespace truce {

class HttplibBridge {
 public:
  explicit HttplibBridge(std::function<HttpReply(const HttpRequest&)> dispatch);
  ~HttplibBridge();
  HttplibBridge(const HttplibBridge&) = delete;
  HttplibBridge& operator=(const HttplibBridge&) = delete;

  // The whole reply as bytes. Thread-safe.
  std::string serve(const HttpRequest& request, bool keeps_connection) const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace truce
