// One message to a messenger's webhook, guarded: where it goes, how long it takes, how much it
// reads.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/json.h"
#include "sidecar/alerts/stop_signal.h"

namespace truce {

inline constexpr std::chrono::seconds webhook_deadline{10};  // from the connection to the answer
inline constexpr std::size_t webhook_answer_bytes_max = std::size_t{64} << 10U;

struct Posted {
  int status = 0;   // HTTP; 0: no answer came
  std::string why;  // without a 2xx: for the log, never with the URL, which is a secret
  std::optional<std::chrono::seconds> retry_after;
  bool was_taken() const { return status >= 200 && status < 300; }
};

// Any thread, one post at a time.
class Webhook {
 public:
  // `origins`: allowed besides https to hooks.slack.com and api.telegram.org, "https://HOST",
  // "https://HOST:PORT" or, of this machine, "http://127.0.0.1:PORT". `stop` ends a post.
  Webhook(std::vector<std::string> origins, StopSignal& stop)
      : origins_(std::move(origins)), stop_(stop) {}

  // Why nothing may be sent to that URL; nullopt: it may, if its name leads to a public address.
  std::optional<std::string> refusal(const std::string& url) const;
  // No redirect is followed, the certificate is checked, and the address that was looked at is the
  // one that is used.
  Posted post(const std::string& url, const Json& body) const;

 private:
  bool is_allowed(const std::string& origin) const;

  std::vector<std::string> origins_;
  StopSignal& stop_;
};

// Why a setting cannot be an origin; nullopt: it can.
std::optional<std::string> refusal_of_origin(const std::string& origin);

}  // namespace truce
