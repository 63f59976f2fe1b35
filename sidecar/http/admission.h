// Whether a request's head gives it a way in. Decided before its body is read, so that nobody
// without a token can fill our memory.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/port/clock.h"
#include "sidecar/http/refusal.h"
#include "sidecar/http/request.h"
#include "sidecar/http/route_table.h"
#include "sidecar/http/token_table.h"

namespace truce {

// Counts bad tokens by peer, over fixed minutes. Bounded: 4,096 peers, then it starts anew.
class BadTokenCount {
 public:
  explicit BadTokenCount(std::size_t limit) : limit_(limit) {}
  // Counts one more; true when there are more than the limit in the peer's present minute.
  bool exceeds_limit(const std::string& peer, std::chrono::steady_clock::time_point now);

 private:
  struct Minute {
    std::chrono::steady_clock::time_point began_at;
    std::size_t count = 0;
  };
  std::size_t limit_;
  std::map<std::string, Minute> peers_;
};

struct AdmissionRules {
  std::vector<std::string> host_names;  // allowed besides the loopback ones
  std::vector<std::string> origins;     // of browsers, besides our own: "https://ops.example"
  TokenTable tokens;
  std::size_t bad_tokens_per_minute = 20;
};

// For one thread.
class Admission {
 public:
  // `routes` and `clock` must outlive it.
  Admission(AdmissionRules rules, const RouteTable& routes, Clock& clock)
      : rules_(std::move(rules)),
        routes_(&routes),
        clock_(&clock),
        bad_tokens_(rules_.bad_tokens_per_minute) {}

  // In this order: host, origin, path, query, route and method, token, scope, content type. Fills
  // in what the request is found to be; the first objection ends it.
  std::optional<Refusal> admit(HttpRequest& request);

 private:
  std::optional<Refusal> check_source(const RequestHead& head) const;
  std::optional<Refusal> find_route(HttpRequest& request) const;
  std::optional<Refusal> check_token(HttpRequest& request);
  std::optional<Refusal> refuse_token(RefusalCode code, const std::string& peer);

  AdmissionRules rules_;
  const RouteTable* routes_;
  Clock* clock_;
  BadTokenCount bad_tokens_;
};

}  // namespace truce
