#include "sidecar/http/route_table.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace truce {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::vector<std::string> split_pattern(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const auto end = std::min(pattern.find('/'), pattern.size());
    segments.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

// Written out before parameter; then the letters, to have one order.
bool is_more_specific(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](std::string_view x, std::string_view y) {
                                        if (is_parameter(x) || is_parameter(y))
                                          return !is_parameter(x) && is_parameter(y);
                                        return x < y;
                                      });
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](const std::string& expected, const std::string& segment) {
                      return is_parameter(expected) ? !segment.empty() : expected == segment;
                    });
}

Parameters parameters_of(const std::vector<std::string>& pattern,
                         const std::vector<std::string>& segments) {
  Parameters parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_parameter(pattern[i])) continue;
    parameters.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), segments[i]);
  }
  return parameters;
}

void add_method(std::set<std::string>& methods, const std::string& method) {
  methods.insert(method);
  if (method == "GET") methods.insert("HEAD");
}

[[noreturn]] void abort_for(const char* mistake, const Route& route) {
  std::fprintf(stderr, "route %s %s: %s\n", route.method.c_str(), route.pattern.c_str(), mistake);
  std::abort();
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].pattern.empty() || routes_[i].pattern.front() != '/' || !routes_[i].handler) {
      abort_for("it needs a pattern that begins with '/' and a handler", routes_[i]);
    }
    patterns_.push_back({split_pattern(routes_[i].pattern), i});
  }
  std::sort(patterns_.begin(), patterns_.end(), [this](const Pattern& a, const Pattern& b) {
    if (is_more_specific(a.segments, b.segments)) return true;
    if (is_more_specific(b.segments, a.segments)) return false;
    return routes_[a.route].method < routes_[b.route].method;
  });
  for (std::size_t i = 1; i < patterns_.size(); ++i) {
    const auto& [before, before_route] = patterns_[i - 1];
    const auto& [after, after_route] = patterns_[i];
    if (!is_more_specific(before, after) &&
        routes_[before_route].method == routes_[after_route].method) {
      abort_for("it stands twice", routes_[after_route]);
    }
  }
}

RouteMatch RouteTable::match(std::string_view method,
                             const std::vector<std::string>& segments) const {
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  std::set<std::string> allowed;
  for (const auto& pattern : patterns_) {
    if (!fits(pattern.segments, segments)) continue;
    const Route& route = routes_[pattern.route];
    if (route.method == wanted) {
      return {&route, parameters_of(pattern.segments, segments), {}};
    }
    add_method(allowed, route.method);
  }
  return {nullptr, {}, {allowed.begin(), allowed.end()}};
}

std::vector<std::string> RouteTable::methods() const {
  std::set<std::string> methods;
  for (const auto& route : routes_) add_method(methods, route.method);
  return {methods.begin(), methods.end()};
}

}  // namespace truce
