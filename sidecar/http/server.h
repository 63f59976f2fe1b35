// The sidecar's HTTP server: routes in, a listening server out.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/port/clock.h"
#include "sidecar/http/limits.h"
#include "sidecar/http/listener.h"
#include "sidecar/http/route_table.h"
#include "sidecar/http/token_table.h"
#include "sidecar/http/traffic.h"

namespace truce {

inline constexpr std::uint16_t default_port = 8377;

// made: by us, at the first start. A token that nobody chose does not open us to a network.
enum class TokenSource { given, made };

struct HttpServerOptions {
  // Empty: 127.0.0.1, and ::1 where this machine has it, both on `default_port`.
  std::vector<Endpoint> listen;
  std::vector<std::string> host_names;  // allowed in Host besides the loopback ones; without a port
  std::vector<std::string> origins;     // allowed in Origin besides our own
  TokenTable tokens;
  TokenSource token_source = TokenSource::made;
  HttpLimits limits;
};

class HttpServer {
 public:
  // `clock` must outlive the server.
  HttpServer(HttpServerOptions options, std::vector<Route> routes, Clock& clock);
  // Stops without patience; waits for handlers that run.
  ~HttpServer();

  // Once. `not-allowed` for an address that others can reach without a given token file, or for no
  // token at all; otherwise as Listener::open. With port 0 all addresses get the same free port.
  // Raises the limit on open files as far as it may, and lowers `connections` to what then fits.
  Result<void> start();

  // Accepts nothing more, closes idle connections at once, lets requests that have arrived finish,
  // and closes what is left after `patience`. Returns when every handler has returned. Safe to call
  // from several threads; the least patience counts. A stopped server is not started again.
  void stop(std::chrono::milliseconds patience);

  std::uint16_t port() const;               // of the first address; 0 before start()
  std::vector<Endpoint> endpoints() const;  // that are listened on
  TrafficCounts stats() const;
  const std::vector<Route>& routes() const;
  const HttpLimits& limits() const;  // in force

 private:
  class Running;

  HttpServerOptions options_;
  RouteTable routes_;
  Clock& clock_;
  Traffic traffic_;
  std::vector<Endpoint> endpoints_;
  std::unique_ptr<Running> running_;
};

}  // namespace truce
