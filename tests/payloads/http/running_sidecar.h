// `truce serve` as a process of its own, on a free port and a database of its own, for one test.
#pragma once

#include <httplib.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::payloads_test {

class RunningSidecar {
 public:
  // With one of our own policies. Fails the test when it does not come up within its time.
  explicit RunningSidecar(const std::string& policy_file);
  // Ends the process, at first politely, and removes its files.
  ~RunningSidecar();
  RunningSidecar(const RunningSidecar&) = delete;
  RunningSidecar& operator=(const RunningSidecar&) = delete;

  // POST /v1/events with a preset; the outcomes.
  std::vector<Json> send(const std::string& preset, const Json& payload);
  // The whole answer, for what is refused: {status, body}.
  struct Answer {
    int status = 0;
    Json body;
  };
  Answer post(const std::string& path, const Json& body);
  Answer get(const std::string& path);
  // Reports a delivery as done, `record_id` after a create.
  Json settle(const Json& delivery, const std::string& record_id);

 private:
  void wait_until_it_listens(int from_child);

  std::string folder_;
  int process_ = -1;
  int output_ = -1;
  std::unique_ptr<httplib::Client> client_;
};

// "hubspot.webhook" -> "hubspot": our policies call the systems so.
std::string system_of(const std::string& preset);

}  // namespace truce::payloads_test
