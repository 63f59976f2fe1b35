#include "sidecar/alerts/webhook.h"

#include <httplib.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <memory>
#include <thread>

#include "engine/core/policy/alert_url.h"
#include "sidecar/alerts/public_address.h"

namespace truce {

namespace {

constexpr std::chrono::seconds connect_timeout{3};
constexpr std::chrono::seconds io_timeout{5};
constexpr std::array<std::string_view, 2> known_origins = {"https://hooks.slack.com",
                                                           "https://api.telegram.org"};

// scheme://host[:port] and the rest.
struct Parts {
  std::string origin;
  std::string host;
  std::string port;
  std::string path;
};

Parts parts_of(const std::string& url) {
  Parts parts;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return parts;
  const std::size_t path = std::min(url.find_first_of("/?#", scheme + 3), url.size());
  parts.origin = url.substr(0, path);
  parts.path = path < url.size() ? url.substr(path) : "/";
  const std::string authority = parts.origin.substr(scheme + 3);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string::npos && authority.back() != ']';
  parts.host = has_port ? authority.substr(0, colon) : authority;
  parts.port = has_port ? authority.substr(colon + 1) : (url.starts_with("https") ? "443" : "80");
  return parts;
}

std::string numeric(const sockaddr& address, socklen_t length) {
  std::array<char, NI_MAXHOST> text{};
  const int failed =
      getnameinfo(&address, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return failed != 0 ? std::string() : std::string(text.data());
}

// The first address of the name, if all of them may be called.
Result<std::string> address_of(const Parts& parts, bool any_address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failed = getaddrinfo(parts.host.c_str(), parts.port.c_str(), &hints, &found);
      failed != 0) {
    return fail(Code::policy_url, std::string("the name is not known: ") + gai_strerror(failed));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr && !any_address; one = one->ai_next) {
    if (is_public_address(*one->ai_addr)) continue;
    return fail(Code::policy_url, "the name leads to this machine or its network");
  }
  return numeric(*found->ai_addr, found->ai_addrlen);
}

// Ends a post that takes too long, whatever the other side sends: a read's own timeout begins anew
// with every byte.
class Watchdog {
 public:
  Watchdog(httplib::Client& client, StopSignal& stop)
      : thread_([this, &client, &stop] {
          const auto end = std::chrono::steady_clock::now() + webhook_deadline;
          constexpr std::chrono::milliseconds look_every{50};
          while (!done_ && std::chrono::steady_clock::now() < end) {
            if (stop.wait_for(look_every)) break;
          }
          // Again and again: what it stops may not have begun yet.
          while (!done_) {
            client.stop();
            std::this_thread::sleep_for(look_every);
          }
        }) {}
  ~Watchdog() {
    done_ = true;
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

std::optional<std::chrono::seconds> retry_after(const httplib::Response& response,
                                                const std::string& answer) {
  constexpr std::int64_t longest = 3'600;
  const Result<Json> body = parse_json(answer);
  std::optional<std::int64_t> seconds;
  if (body) {
    if (const Json* parameters = find_member(*body, "parameters")) {  // Telegram's
      if (const Json* said = find_member(*parameters, "retry_after")) seconds = to_int64(*said);
    }
  }
  const std::string header = response.get_header_value("Retry-After");
  if (!seconds) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), number);
    if (error == std::errc() && end == header.data() + header.size()) seconds = number;
  }
  if (!seconds || *seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(*seconds, longest));
}

}  // namespace

std::optional<std::string> refusal_of_origin(const std::string& origin) {
  const Parts parts = parts_of(origin);
  const bool is_origin =
      !parts.host.empty() && parts.origin == origin && origin.find('@') == std::string::npos;
  if (!is_origin) return "write https://HOST or https://HOST:PORT";
  const bool is_plain_here = parts.host == "127.0.0.1" || parts.host == "localhost";
  if (origin.starts_with("https://")) return std::nullopt;
  if (origin.starts_with("http://") && is_plain_here) return std::nullopt;
  return "only https:// is allowed, and http:// to this machine itself";
}

bool Webhook::is_allowed(const std::string& origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::optional<std::string> Webhook::refusal(const std::string& url) const {
  const std::string origin = parts_of(url).origin;
  if (is_allowed(origin)) return std::nullopt;
  if (const auto refused = refusal_of_alert_url(url)) return refused;
  if (std::find(known_origins.begin(), known_origins.end(), origin) != known_origins.end()) {
    return std::nullopt;
  }
  return "its host is neither hooks.slack.com nor api.telegram.org; another one is allowed with "
         "--alert-origin";
}

Posted Webhook::post(const std::string& url, const Json& body) const {
  if (const auto refused = refusal(url)) return {0, *refused, {}};
  const Parts parts = parts_of(url);
  const Result<std::string> address = address_of(parts, is_allowed(parts.origin));
  if (!address) return {0, address.error().message, {}};
  httplib::Client client(parts.origin);
  client.set_hostname_addr_map({{parts.host, *address}});
  client.set_connection_timeout(connect_timeout);
  client.set_read_timeout(io_timeout);
  client.set_write_timeout(io_timeout);
  client.set_follow_location(false);
  client.set_decompress(false);
  client.enable_server_certificate_verification(true);

  httplib::Request request;
  request.method = "POST";
  request.path = parts.path;
  request.set_header("Content-Type", "application/json; charset=utf-8");
  request.set_header("Accept-Encoding", "identity");
  request.body = to_wire(body);
  // Known although the rest of the answer is never read.
  httplib::Response head;
  request.response_handler = [&head](const httplib::Response& response) {
    head = response;
    return true;
  };
  std::string answer;
  request.content_receiver = [&answer](const char* data, std::size_t length, std::uint64_t,
                                       std::uint64_t) {
    if (answer.size() + length > webhook_answer_bytes_max) return false;
    answer.append(data, length);
    return true;
  };
  const Watchdog watchdog(client, stop_);
  const httplib::Result result = client.send(request);
  if (head.status <= 0) return {0, "no answer: " + httplib::to_string(result.error()), {}};
  Posted posted{head.status, {}, retry_after(head, answer)};
  if (posted.was_taken()) return posted;
  posted.why = "answered " + std::to_string(posted.status);
  if (posted.status >= 300 && posted.status < 400) posted.why += ", and no redirect is followed";
  return posted;
}

}  // namespace truce
