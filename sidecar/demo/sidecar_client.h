// The calls of the outside contract that the demo makes; what a workflow's HTTP Request nodes do.
#pragma once

#include <httplib.h>

#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::demo {

struct SidecarReply {
  int status = 0;  // 0: no answer
  Json body;
  bool done() const { return status >= 200 && status < 300; }
  // The server is there and asks to come back later.
  bool busy() const { return status == 503 || status == 429; }
  // One line for a person: the problem document's code and detail, or what the connection did.
  std::string trouble() const;
};

// Not thread-safe. No call retries.
class SidecarClient {
 public:
  SidecarClient(const std::string& url, const std::string& token);

  SidecarReply get(const std::string& path);
  SidecarReply post(const std::string& path, const Json& body);

 private:
  httplib::Client client_;
};

}  // namespace truce::demo
