#include "sidecar/http/admission.h"

#include "sidecar/http/ascii.h"
#include "sidecar/http/host_check.h"

namespace truce {
namespace {

constexpr std::size_t most_peers = 4'096;
constexpr auto minute = std::chrono::seconds(60);

std::string join(const std::vector<std::string>& words) {
  std::string joined;
  for (const auto& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

// "Bearer TOKEN"; nullopt for any other scheme and for an empty token.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (!ascii::equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  const auto token = ascii::trim_blanks(authorization.substr(scheme.size()));
  if (token.empty() || token.find_first_of(" \t,") != std::string_view::npos) return std::nullopt;
  return token;
}

Refusal method_refusal(const std::vector<std::string>& allowed) {
  return Refusal{RefusalCode::method_not_allowed,
                 "This path takes " + join(allowed) + ".",
                 {{"Allow", join(allowed)}}};
}

Refusal path_refusal(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const char* detail = path.ends_with('/') && path.size() > 1
                           ? "No path of a call ends with a slash: leave it out."
                           : "No call has this path; GET /openapi.json names them all.";
  return Refusal{RefusalCode::not_found, detail, {}};
}

// Who may read everything reads what belongs to another scope too.
bool may_call(const ScopeSet& scopes, const Route& route) {
  return scopes.has(*route.scope) || (route.method == "GET" && scopes.has(Scope::read));
}

Refusal scope_refusal(Scope scope) {
  const std::string name(to_string(scope));
  return Refusal{
      RefusalCode::insufficient_scope,
      "This call needs the scope '" + name + "'.",
      {{"WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"" + name + "\""}}};
}

std::optional<Refusal> check_media_type(HttpRequest& request) {
  if (request.head.body_bytes == 0) return std::nullopt;
  const auto content_type = request.head.find_header("content-type");
  const auto media_type = content_type ? parse_media_type(*content_type) : std::nullopt;
  if (!media_type) {
    return Refusal{RefusalCode::unsupported_media_type,
                   "A body is application/json or application/x-ndjson, in UTF-8.",
                   {}};
  }
  request.media_type = *media_type;
  return std::nullopt;
}

}  // namespace

bool BadTokenCount::exceeds_limit(const std::string& peer,
                                  std::chrono::steady_clock::time_point now) {
  if (peers_.size() >= most_peers && peers_.count(peer) == 0) peers_.clear();
  auto [entry, is_new] = peers_.try_emplace(peer, Minute{now, 0});
  if (now - entry->second.began_at >= minute) entry->second = Minute{now, 0};
  return ++entry->second.count > limit_;
}

std::optional<Refusal> Admission::admit(HttpRequest& request) {
  if (auto refusal = check_source(request.head)) return refusal;
  if (auto refusal = find_route(request)) return refusal;
  if (auto refusal = check_token(request)) return refusal;
  return check_media_type(request);
}

std::optional<Refusal> Admission::check_source(const RequestHead& head) const {
  const auto host = head.find_header("host").value_or(std::string_view());
  if (!is_allowed_host(host, rules_.host_names)) {
    return Refusal{RefusalCode::host_not_allowed, "", {}};
  }
  const BrowserSays browser{head.find_header("origin"), head.find_header("sec-fetch-site")};
  if (!is_allowed_origin(browser, host, rules_.origins)) {
    return Refusal{RefusalCode::origin_not_allowed, "", {}};
  }
  return std::nullopt;
}

std::optional<Refusal> Admission::find_route(HttpRequest& request) const {
  const RequestHead& head = request.head;
  if (head.target.front() != '/') return method_refusal(routes_->methods());
  auto target = parse_target(head.target);
  if (!target && target.error().code == RefusalCode::not_found) return path_refusal(head.target);
  if (!target) return target.error();
  auto match = routes_->match(head.method, target->segments);
  if (match.route == nullptr && match.allowed_methods.empty()) {
    return path_refusal(head.target);
  }
  if (match.route == nullptr) return method_refusal(match.allowed_methods);
  request.route = match.route;
  request.path_parameters = std::move(match.path_parameters);
  request.query = std::move(target->query);
  return std::nullopt;
}

std::optional<Refusal> Admission::check_token(HttpRequest& request) {
  if (!request.route->scope) return std::nullopt;
  const auto authorization = request.head.find_header("authorization");
  const auto token = authorization ? bearer_token(*authorization) : std::nullopt;
  if (!token) {
    return Refusal{RefusalCode::unauthenticated,
                   "Send the header Authorization: Bearer TOKEN.",
                   {{"WWW-Authenticate", "Bearer"}}};
  }
  const Token* known = rules_.tokens.find(*token);
  if (known == nullptr) return refuse_token(RefusalCode::unauthenticated, request.peer);
  if (known->expires_at && *known->expires_at <= clock_->now()) {
    return refuse_token(RefusalCode::token_expired, request.peer);
  }
  if (!may_call(known->scopes, *request.route)) return scope_refusal(*request.route->scope);
  request.token_name = known->name;
  request.scopes = known->scopes;
  return std::nullopt;
}

// A good token is good however many bad ones came from the same address: one workflow with a stale
// token must not lock out its neighbours, and 256 bits are not guessed.
std::optional<Refusal> Admission::refuse_token(RefusalCode code, const std::string& peer) {
  if (bad_tokens_.exceeds_limit(peer, std::chrono::steady_clock::now())) {
    return Refusal{RefusalCode::rate_limited, "", {{"Retry-After", "60"}}};
  }
  const char* detail =
      code == RefusalCode::token_expired
          ? "Its line in the token file says until when it was good; another one is needed."
          : "It is not in the sidecar's token file, which the first line of `truce serve` names.";
  return Refusal{code, detail, {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}}};
}

}  // namespace truce
