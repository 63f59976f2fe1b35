// Why the guard turns a request away before a handler sees it. A closed set, apart from the
// engine's codes: these are about the message, those about its content.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace truce {

enum class RefusalCode {
  // framing
  uri_too_long,
  headers_too_large,
  too_many_headers,
  malformed_request,
  malformed_header,
  http_version,
  host_missing,
  host_duplicate,
  bad_content_length,
  conflicting_framing,
  length_required,
  unsupported_transfer_encoding,
  payload_too_large,
  expectation_failed,
  unexpected_body,
  unsupported_content_encoding,
  request_timeout,
  not_http,  // no reply is due: the other side speaks something else (TLS)
  // who asks, what for
  host_not_allowed,
  origin_not_allowed,
  bad_path,
  duplicate_parameter,
  not_found,
  method_not_allowed,
  unauthenticated,
  token_expired,
  insufficient_scope,
  rate_limited,
  unsupported_media_type,
  // our own state
  too_many_connections,
  busy,
  shutting_down,
};
inline constexpr std::size_t refusal_code_count =
    static_cast<std::size_t>(RefusalCode::shutting_down) + 1;

// The wire name ("uri-too-long").
std::string_view to_string(RefusalCode code);
std::optional<RefusalCode> refusal_code_from(std::string_view word);
// The HTTP status; 0 for not_http.
int status_of(RefusalCode code);
// A short sentence that is the same for every refusal of this code.
std::string_view title_of(RefusalCode code);

struct Refusal {
  RefusalCode code = RefusalCode::malformed_request;
  std::string detail;                                        // for people; quotes no input
  std::vector<std::pair<std::string, std::string>> headers;  // Allow, WWW-Authenticate, Retry-After
};

}  // namespace truce
