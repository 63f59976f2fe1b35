// A request on its way through the sidecar: the guard fills in what it read, admission what it
// found out, and a handler gets it whole.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/http/framing.h"
#include "sidecar/http/media_type.h"
#include "sidecar/http/request_id.h"
#include "sidecar/http/request_target.h"
#include "sidecar/http/scope.h"

namespace truce {

struct Route;

struct HttpRequest {
  // From the guard.
  RequestId id;
  std::string peer;  // address, without the port
  RequestHead head;
  std::string body;
  std::chrono::steady_clock::time_point arrived_at{};  // its last byte

  // From admission.
  const Route* route = nullptr;
  Parameters path_parameters;
  Parameters query;
  MediaType media_type = MediaType::none;
  std::string token_name;  // empty on a route that takes no token
  ScopeSet scopes;

  // A {parameter} of the route's pattern, which therefore is there.
  std::string_view path_parameter(std::string_view name) const {
    return find_parameter(path_parameters, name).value_or(std::string_view());
  }
  std::optional<std::string_view> query_parameter(std::string_view name) const {
    return find_parameter(query, name);
  }
};

}  // namespace truce
