#include "sidecar/http/server.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <system_error>

#include "sidecar/http/admission.h"
#include "sidecar/http/front_guard.h"
#include "sidecar/http/httplib_bridge.h"
#include "sidecar/http/problem.h"

namespace truce {
namespace {

constexpr std::size_t descriptors_for_others = 128;  // the store, logs, children
constexpr int port_attempts = 16;

// With an address of our own choice (port 0) the others must take the same port.
Result<std::vector<Listener>> open_listeners(std::vector<Endpoint> endpoints, bool v6_is_optional) {
  std::vector<Listener> listeners;
  for (auto& endpoint : endpoints) {
    if (endpoint.port == 0 && !listeners.empty()) endpoint.port = listeners.front().port();
    auto listener = Listener::open(endpoint);
    if (listener) {
      listeners.push_back(*std::move(listener));
    } else if (v6_is_optional && listener.error().code == Code::not_found) {
      spdlog::info("http: no {} on this machine", endpoint.address);
    } else {
      return tl::unexpected(listener.error());
    }
  }
  return listeners;
}

Result<std::vector<Listener>> open_listeners_retrying(const std::vector<Endpoint>& endpoints,
                                                      bool v6_is_optional) {
  const bool any_port = endpoints.front().port == 0 && endpoints.size() > 1;
  auto listeners = open_listeners(endpoints, v6_is_optional);
  for (int i = 1; any_port && !listeners && listeners.error().code == Code::busy; ++i) {
    if (i == port_attempts) break;
    listeners = open_listeners(endpoints, v6_is_optional);
  }
  return listeners;
}

std::size_t connections_that_fit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + descriptors_for_others;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min<rlim_t>(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  const auto fit = limit.rlim_cur > 2 * descriptors_for_others
                       ? limit.rlim_cur - descriptors_for_others
                       : limit.rlim_cur / 2;
  spdlog::warn("http: {} connections instead of {}, because of the limit on open files", fit,
               wanted);
  return fit;
}

// An address that we listen on may also be called by.
std::vector<std::string> host_names_of(const HttpServerOptions& options) {
  std::vector<std::string> names = options.host_names;
  for (const auto& endpoint : options.listen) {
    const bool is_v6 = endpoint.address.find(':') != std::string::npos;
    names.push_back(is_v6 ? "[" + endpoint.address + "]" : endpoint.address);
  }
  return names;
}

HttpReply internal_reply(const HttpRequest& request, const char* what) {
  spdlog::error("http: request {} {} {}: {}", request.id.text, request.route->method,
                request.route->pattern, what);
  return problem_reply(Problem{Code::internal, "", ""}, request.id);
}

HttpReply call_handler(const HttpRequest& request) {
  try {
    HttpReply reply = request.route->handler(request);
    const bool sendable =
        is_sendable_header("Content-Type", reply.content_type) &&
        std::all_of(reply.headers.begin(), reply.headers.end(), [](const auto& header) {
          return is_sendable_header(header.first, header.second);
        });
    return sendable ? reply : internal_reply(request, "a header of the reply cannot be sent");
  } catch (const std::exception&) {
    // Its text may hold a record's content, so it goes neither to the client nor into the log.
    return internal_reply(request, "the handler threw");
  } catch (...) {
    return internal_reply(request, "the handler threw");
  }
}

HttpReply dispatch(const HttpRequest& request, Traffic& traffic) {
  HttpReply reply = call_handler(request);
  reply.headers.emplace_back("X-Request-Id", request.id.text);
  const auto latency = std::chrono::steady_clock::now() - request.arrived_at;
  traffic.note_reply(*request.route, reply.status, latency);
  // The pattern and not the path, which holds ids that a client chose.
  spdlog::debug("http: request {} {} {} -> {} in {} us, token {}", request.id.text,
                request.head.method, request.route->pattern, reply.status,
                std::chrono::duration_cast<std::chrono::microseconds>(latency).count(),
                request.token_name);
  return reply;
}

}  // namespace

// Members in the order in which they need each other; the guard, with its threads, goes first.
class HttpServer::Running {
 public:
  Running(const HttpLimits& limits, AdmissionRules rules, const RouteTable& routes, Clock& clock,
          std::vector<Listener> listeners, Traffic& traffic)
      : limits_(limits),
        admission_(std::move(rules), routes, clock),
        bridge_([&traffic](const HttpRequest& request) { return dispatch(request, traffic); }),
        guard_(std::make_unique<FrontGuard>(limits, service(), std::move(listeners), traffic)) {}

  void stop(std::chrono::milliseconds patience) { guard_->stop(patience); }
  const HttpLimits& limits() const { return limits_; }

 private:
  GuardedService service() {
    return {[this](HttpRequest& request) { return admission_.admit(request); },
            [this](const HttpRequest& request, bool keeps_connection) {
              return bridge_.serve(request, keeps_connection);
            }};
  }

  HttpLimits limits_;
  Admission admission_;
  HttplibBridge bridge_;
  std::unique_ptr<FrontGuard> guard_;
};

HttpServer::HttpServer(HttpServerOptions options, std::vector<Route> routes, Clock& clock)
    : options_(std::move(options)), routes_(std::move(routes)), clock_(clock) {}

HttpServer::~HttpServer() { stop(std::chrono::milliseconds(0)); }

Result<void> HttpServer::start() {
  if (options_.tokens.empty()) return fail(Code::not_allowed, "There is no token");
  const bool by_default = options_.listen.empty();
  const std::vector<Endpoint> endpoints =
      by_default ? std::vector<Endpoint>{{"127.0.0.1", default_port}, {"::1", default_port}}
                 : options_.listen;
  for (const auto& endpoint : endpoints) {
    if (!is_loopback(endpoint) && options_.token_source != TokenSource::given) {
      return fail(Code::not_allowed, "Others can reach " + to_string(endpoint) +
                                         ": give --token-file, or listen on 127.0.0.1");
    }
  }
  auto listeners = open_listeners_retrying(endpoints, by_default);
  if (!listeners) return tl::unexpected(listeners.error());
  for (std::size_t i = 0; i < listeners->size(); ++i) {
    endpoints_.push_back({endpoints[i].address, (*listeners)[i].port()});
  }
  HttpLimits limits = options_.limits;
  limits.connections = connections_that_fit(limits.connections);
  AdmissionRules rules{host_names_of(options_), options_.origins, options_.tokens,
                       limits.bad_tokens_per_minute};
  try {
    running_ = std::make_unique<Running>(limits, std::move(rules), routes_, clock_,
                                         *std::move(listeners), traffic_);
  } catch (const std::system_error& error) {
    return fail(Code::internal, std::string("The server cannot start: ") + error.what());
  }
  return {};
}

void HttpServer::stop(std::chrono::milliseconds patience) {
  if (running_) running_->stop(patience);
}

std::uint16_t HttpServer::port() const { return endpoints_.empty() ? 0 : endpoints_.front().port; }
std::vector<Endpoint> HttpServer::endpoints() const { return endpoints_; }
TrafficCounts HttpServer::stats() const { return traffic_.counts(); }
const std::vector<Route>& HttpServer::routes() const { return routes_.routes(); }
const HttpLimits& HttpServer::limits() const {
  return running_ ? running_->limits() : options_.limits;
}

}  // namespace truce
