// Which call goes to which handler. One table, for serving, for admission and for the reference.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/http/reply.h"
#include "sidecar/http/request.h"

namespace truce {

// Called by many threads at once. Must not throw; if it does, the client gets `internal`.
using Handler = std::function<HttpReply(const HttpRequest&)>;

// Quick routes have workers of their own: they answer while all others wait for a disk, and so they
// must not wait for anything themselves.
enum class Lane { normal, quick };

struct Route {
  std::string method;          // "GET" serves HEAD too
  std::string pattern;         // "/v1/exceptions/{id}/claim"; a parameter is a whole segment
  std::optional<Scope> scope;  // none: no token needed; "GET": or Scope::read
  Handler handler;
  Lane lane = Lane::normal;
};

struct RouteMatch {
  const Route* route = nullptr;
  Parameters path_parameters;
  std::vector<std::string> allowed_methods;  // of the path, when no route has the method
};

class RouteTable {
 public:
  // Two routes with one method and patterns that differ in nothing but their parameters' names are
  // a mistake of ours: the process is aborted, as for a pattern that does not begin with '/'.
  explicit RouteTable(std::vector<Route> routes);

  // A segment written out goes before a parameter, at the first segment where two patterns differ.
  // A parameter takes any segment that is not empty.
  RouteMatch match(std::string_view method, const std::vector<std::string>& segments) const;

  const std::vector<Route>& routes() const { return routes_; }
  // Every method of the table, sorted, for a target that has no path.
  std::vector<std::string> methods() const;

 private:
  struct Pattern {
    std::vector<std::string> segments;  // "{id}" for a parameter
    std::size_t route;
  };

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  // more specific ones first
};

}  // namespace truce
