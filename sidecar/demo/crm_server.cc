#include "sidecar/demo/crm_server.h"

#include <utility>

#include "sidecar/demo/crm_client.h"

namespace truce::demo {
namespace {

constexpr std::size_t pool_threads = 2;  // one strategy talks to one CRM, over one connection
constexpr std::size_t body_bytes_max = 64 * 1024;

// httplib has no "hang up": a body that is announced and never comes is what a client sees when a
// server dies between its commit and its answer.
void hang_up(httplib::Response& response) {
  response.body.clear();
  response.status = 200;
  response.set_content_provider(1, "application/json",
                                [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
}

}  // namespace

Cause cause_of(const httplib::Request& write) {
  return write.get_header_value(because_header) == because_of_machine ? Cause::machine
                                                                      : Cause::person;
}

CrmServer::CrmServer(CrmStore& store, FaultRates rates, Dice dice)
    : store_(store), rates_(rates), dice_(dice) {
  server_.new_task_queue = [] { return new httplib::ThreadPool(pool_threads); };
  server_.set_payload_max_length(body_bytes_max);
  server_.set_keep_alive_max_count(100'000);
  server_.set_tcp_nodelay(true);
  if (store_.side() == Side::hubspot) {
    add_hubspot_routes();
  } else {
    add_salesforce_routes();
  }
  const int port = server_.bind_to_any_port("127.0.0.1");
  if (port <= 0) return;
  port_ = port;
  thread_ = std::thread([this] { server_.listen_after_bind(); });
}

CrmServer::~CrmServer() {
  if (!thread_.joinable()) return;
  while (!server_.is_running()) std::this_thread::yield();  // stop() before listen() is lost
  server_.stop();
  thread_.join();
}

bool CrmServer::over_the_limit() {
  const std::lock_guard lock(mutex_);
  const Time now = store_.now();
  if (now - second_began_ >= Duration::of_ms(1'000)) {
    second_began_ = now;
    requests_in_second_ = 0;
  }
  return ++requests_in_second_ > rates_.requests_per_second;
}

double CrmServer::roll() {
  const std::lock_guard lock(mutex_);
  return dice_.unit();
}

CrmServer::Handler CrmServer::with_faults(Access access, Handler handler) {
  return [this, access, handler = std::move(handler)](const httplib::Request& request,
                                                      httplib::Response& response) {
    const double rolled = roll();
    const double broken_below = rates_.too_many + rates_.broken;
    if (over_the_limit() || rolled < rates_.too_many) {
      ++faults_;
      response.status = 429;
      response.set_header("Retry-After", "1");
    } else if (rolled < broken_below) {
      ++faults_;
      response.status = 500;
    } else {
      handler(request, response);
      if (access == Access::read || rolled >= broken_below + rates_.no_answer) return;
      ++faults_;
      hang_up(response);
    }
  };
}

}  // namespace truce::demo
