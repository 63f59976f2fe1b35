#include "sidecar/http/refusal.h"

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto refusal_names = name_table<RefusalCode, RefusalCode::shutting_down>(
    "uri-too-long", "headers-too-large", "too-many-headers", "malformed-request",
    "malformed-header", "http-version", "host-missing", "host-duplicate", "bad-content-length",
    "conflicting-framing", "length-required", "unsupported-transfer-encoding", "payload-too-large",
    "expectation-failed", "unexpected-body", "unsupported-content-encoding", "request-timeout",
    "not-http", "host-not-allowed", "origin-not-allowed", "bad-path", "duplicate-parameter",
    "not-found", "method-not-allowed", "unauthenticated", "token-expired", "insufficient-scope",
    "rate-limited", "unsupported-media-type", "too-many-connections", "busy", "shutting-down");

}  // namespace

std::string_view to_string(RefusalCode code) { return refusal_names.name_of(code); }

std::optional<RefusalCode> refusal_code_from(std::string_view word) {
  return refusal_names.value_of(word);
}

int status_of(RefusalCode code) {
  switch (code) {
    case RefusalCode::malformed_request:
    case RefusalCode::malformed_header:
    case RefusalCode::host_missing:
    case RefusalCode::host_duplicate:
    case RefusalCode::bad_content_length:
    case RefusalCode::conflicting_framing:
    case RefusalCode::unexpected_body:
    case RefusalCode::bad_path:
    case RefusalCode::duplicate_parameter:
      return 400;
    case RefusalCode::unauthenticated:
    case RefusalCode::token_expired:
      return 401;
    case RefusalCode::origin_not_allowed:
    case RefusalCode::insufficient_scope:
      return 403;
    case RefusalCode::not_found:
      return 404;
    case RefusalCode::method_not_allowed:
      return 405;
    case RefusalCode::request_timeout:
      return 408;
    case RefusalCode::length_required:
      return 411;
    case RefusalCode::payload_too_large:
      return 413;
    case RefusalCode::uri_too_long:
      return 414;
    case RefusalCode::unsupported_content_encoding:
    case RefusalCode::unsupported_media_type:
      return 415;
    case RefusalCode::expectation_failed:
      return 417;
    case RefusalCode::host_not_allowed:
      return 421;
    case RefusalCode::rate_limited:
      return 429;
    case RefusalCode::headers_too_large:
    case RefusalCode::too_many_headers:
      return 431;
    case RefusalCode::unsupported_transfer_encoding:
      return 501;
    case RefusalCode::too_many_connections:
    case RefusalCode::busy:
    case RefusalCode::shutting_down:
      return 503;
    case RefusalCode::http_version:
      return 505;
    case RefusalCode::not_http:
      return 0;
  }
  return 500;
}

std::string_view title_of(RefusalCode code) {
  switch (code) {
    case RefusalCode::uri_too_long:
      return "The path and query are too long";
    case RefusalCode::headers_too_large:
      return "The headers are too large";
    case RefusalCode::too_many_headers:
      return "There are too many headers";
    case RefusalCode::malformed_request:
      return "This is no well-formed HTTP/1.1 request";
    case RefusalCode::malformed_header:
      return "A header's value is not well formed";
    case RefusalCode::http_version:
      return "This version of HTTP is not spoken here";
    case RefusalCode::host_missing:
      return "The Host header is missing";
    case RefusalCode::host_duplicate:
      return "The Host header stands twice";
    case RefusalCode::bad_content_length:
      return "The Content-Length is no single whole number";
    case RefusalCode::conflicting_framing:
      return "Content-Length and Transfer-Encoding stand together";
    case RefusalCode::length_required:
      return "The body needs a Content-Length";
    case RefusalCode::unsupported_transfer_encoding:
      return "This Transfer-Encoding is not supported";
    case RefusalCode::payload_too_large:
      return "The body is too large";
    case RefusalCode::expectation_failed:
      return "The expectation cannot be met";
    case RefusalCode::unexpected_body:
      return "This method takes no body";
    case RefusalCode::unsupported_content_encoding:
      return "Compressed bodies are not supported";
    case RefusalCode::request_timeout:
      return "The request did not arrive in time";
    case RefusalCode::not_http:
      return "This is not HTTP";
    case RefusalCode::host_not_allowed:
      return "This Host is not served here";
    case RefusalCode::origin_not_allowed:
      return "Requests from this origin are not allowed";
    case RefusalCode::bad_path:
      return "The path or query is not well formed";
    case RefusalCode::duplicate_parameter:
      return "A query parameter stands twice";
    case RefusalCode::not_found:
      return "There is nothing here";
    case RefusalCode::method_not_allowed:
      return "This method is not allowed here";
    case RefusalCode::unauthenticated:
      return "A valid token is needed";
    case RefusalCode::token_expired:
      return "The token has expired";
    case RefusalCode::insufficient_scope:
      return "The token's scopes do not cover this call";
    case RefusalCode::rate_limited:
      return "Too many bad tokens";
    case RefusalCode::unsupported_media_type:
      return "This Content-Type is not supported";
    case RefusalCode::too_many_connections:
      return "Too many connections";
    case RefusalCode::busy:
      return "Too much work is waiting";
    case RefusalCode::shutting_down:
      return "The server is stopping";
  }
  return "Refused";
}

}  // namespace truce
