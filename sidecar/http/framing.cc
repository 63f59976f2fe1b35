#include "sidecar/http/framing.h"

#include <algorithm>
#include <array>

#include "sidecar/http/ascii.h"

namespace truce {
namespace {

constexpr std::size_t longest_method = 16;
constexpr std::size_t version_length = 8;          // "HTTP/1.1"
constexpr std::size_t longest_length_digits = 19;  // fits 64 bits
constexpr unsigned char tls_handshake = 0x16;

constexpr std::array<std::string_view, 13> read_headers = {
    "host",           "connection",       "content-length",    "content-type",
    "expect",         "content-encoding", "transfer-encoding", "authorization",
    "origin",         "sec-fetch-site",   "idempotency-key",   "if-match",
    "sec-fetch-dest",
};

bool is_method(std::string_view text) {
  if (text.empty() || text.size() > longest_method) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return ascii::is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
  });
}

bool is_version(std::string_view text) {
  return text.size() == version_length && text.substr(0, 5) == "HTTP/" &&
         ascii::is_digit(text[5]) && text[6] == '.' && ascii::is_digit(text[7]);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool has_non_ascii(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// One word of a comma-separated list, any case.
bool list_has(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (ascii::equal_ignoring_case(ascii::trim_blanks(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool takes_no_body(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "DELETE";
}

bool fits_method(std::string_view target, std::string_view method) {
  return target.front() == '/' || (target == "*" && method == "OPTIONS") || method == "CONNECT";
}

}  // namespace

bool is_read_header(std::string_view lower_case_name) {
  return std::find(read_headers.begin(), read_headers.end(), lower_case_name) != read_headers.end();
}

std::optional<std::string_view> RequestHead::find_header(std::string_view name) const {
  for (const auto& field : headers) {
    if (field.name == name) return std::string_view(field.value);
  }
  return std::nullopt;
}

std::size_t RequestReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ == State::reading_head && taken < bytes.size()) {
    taken += take_line(bytes.substr(taken));
  }
  if (state_ == State::reading_body) taken += take_body(bytes.substr(taken));
  return taken;
}

std::size_t RequestReader::take_line(std::string_view bytes) {
  if (head_bytes_ == 0) {
    // A TLS client waits for our half of its handshake and would never send a line.
    if (static_cast<unsigned char>(bytes.front()) == tls_handshake) {
      refuse(RefusalCode::not_http, "TLS on a plain port");
      return 0;
    }
    if (!is_method(bytes.substr(0, 1))) {
      refuse(RefusalCode::malformed_request, "A request begins with a method in capital letters.");
      return 0;
    }
  }
  const std::size_t line_limit =
      2 + (in_request_line() ? longest_method + 1 + limits_->target_bytes + 1 + version_length
                             : limits_->header_line_bytes);
  const std::size_t room =
      std::min(line_limit - line_.size(), limits_->header_block_bytes - head_bytes_);
  const auto piece = bytes.substr(0, room);
  const auto line_end = piece.find('\n');
  const bool whole = line_end != std::string_view::npos;
  const std::size_t taken = whole ? line_end + 1 : piece.size();
  line_.append(piece.substr(0, taken));
  head_bytes_ += taken;
  if (whole) finish_line();
  if (state_ == State::reading_head &&
      ((!whole && taken == room) || head_bytes_ == limits_->header_block_bytes)) {
    refuse(in_request_line() ? RefusalCode::uri_too_long : RefusalCode::headers_too_large,
           "See the limits in the manual.");
  }
  return taken;
}

void RequestReader::finish_line() {
  std::string_view line = line_;
  line.remove_suffix(1);
  if (line.empty() || line.back() != '\r') {
    return refuse(RefusalCode::malformed_request, "Lines end in CR LF.");
  }
  line.remove_suffix(1);
  if (has_control(line)) {
    return refuse(RefusalCode::malformed_request, "The head holds a control character.");
  }
  if (in_request_line()) {
    finish_request_line(line);
  } else if (line.empty()) {
    finish_head();
  } else {
    finish_header(line);
  }
  line_.clear();
}

void RequestReader::finish_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == last) {  // also: no space at all
    return refuse(RefusalCode::malformed_request, "The request line is METHOD TARGET VERSION.");
  }
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_method(method) || !is_version(version) || target.empty()) {
    return refuse(RefusalCode::malformed_request, "The request line is METHOD TARGET VERSION.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(RefusalCode::http_version, "HTTP/1.1 is spoken here.");
  }
  if (target.size() > limits_->target_bytes) {
    return refuse(RefusalCode::uri_too_long, "See the limits in the manual.");
  }
  if (has_non_ascii(target)) {
    return refuse(RefusalCode::bad_path, "Bytes beyond ASCII are written as %XX.");
  }
  if (target.find_first_of(" \t#") != std::string_view::npos || !fits_method(target, method)) {
    return refuse(RefusalCode::malformed_request, "The target is a path that begins with '/'.");
  }
  head_.method = method;
  head_.target = target;
  head_.keeps_connection = version == "HTTP/1.1";
}

void RequestReader::finish_header(std::string_view line) {
  if (head_.headers.size() == limits_->header_count) {
    return refuse(RefusalCode::too_many_headers, "See the limits in the manual.");
  }
  // A space before the colon and a folded line fail here, as both leave no token for a name.
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refuse(RefusalCode::malformed_request, "A header line is NAME: VALUE.");
  }
  HeaderField field{ascii::lower_case(line.substr(0, colon)),
                    std::string(ascii::trim_blanks(line.substr(colon + 1)))};
  if (is_read_header(field.name) && !check_read_header(field)) return;
  head_.headers.push_back(std::move(field));
}

// What we read must mean one thing to everybody: httplib, for one, would decode '%0d' to a line
// end.
bool RequestReader::check_read_header(const HeaderField& field) {
  const bool again = head_.find_header(field.name).has_value();
  if (field.name == "content-length") {
    if (!again && read_content_length(field.value)) return true;
    refuse(RefusalCode::bad_content_length, "Content-Length is digits, once.");
    return false;
  }
  if (again && field.name == "host") {
    refuse(RefusalCode::host_duplicate, "");
    return false;
  }
  if (again && field.name != "connection") {
    refuse(RefusalCode::malformed_header, "The header " + field.name + " stands twice.");
    return false;
  }
  if (field.value.find('%') != std::string::npos || has_non_ascii(field.value)) {
    refuse(RefusalCode::malformed_header,
           "The header " + field.name + " holds '%' or a byte beyond ASCII.");
    return false;
  }
  if (field.name == "connection" && list_has(field.value, "close")) head_.keeps_connection = false;
  return true;
}

bool RequestReader::read_content_length(std::string_view value) {
  if (value.empty() || value.size() > longest_length_digits ||
      !std::all_of(value.begin(), value.end(), ascii::is_digit)) {
    return false;
  }
  head_.body_bytes = 0;
  for (const char digit : value) {
    head_.body_bytes = head_.body_bytes * 10 + static_cast<std::size_t>(digit - '0');
  }
  return true;
}

void RequestReader::finish_head() {
  check_framing();
  if (state_ == State::reading_head) state_ = State::head_complete;
}

void RequestReader::check_framing() {
  if (const auto encoding = head_.find_header("transfer-encoding")) {
    if (head_.find_header("content-length")) {
      return refuse(RefusalCode::conflicting_framing, "");
    }
    return ascii::equal_ignoring_case(*encoding, "chunked")
               ? refuse(RefusalCode::length_required, "Chunked bodies are not supported.")
               : refuse(RefusalCode::unsupported_transfer_encoding, "");
  }
  if (!head_.find_header("host")) return refuse(RefusalCode::host_missing, "");
  const auto encoding = head_.find_header("content-encoding");
  if (encoding && !ascii::equal_ignoring_case(*encoding, "identity")) {
    return refuse(RefusalCode::unsupported_content_encoding, "");
  }
  if (const auto expectation = head_.find_header("expect")) {
    if (!ascii::equal_ignoring_case(*expectation, "100-continue")) {
      return refuse(RefusalCode::expectation_failed, "");
    }
    head_.awaits_continue = true;
  }
  if (head_.body_bytes > limits_->body_bytes) {
    return refuse(RefusalCode::payload_too_large,
                  "At most " + std::to_string(limits_->body_bytes) + " bytes.");
  }
  if (head_.body_bytes > 0 && takes_no_body(head_.method)) {
    return refuse(RefusalCode::unexpected_body, "");
  }
}

void RequestReader::accept_body() {
  state_ = head_.body_bytes == 0 ? State::complete : State::reading_body;
}

std::size_t RequestReader::take_body(std::string_view bytes) {
  const std::size_t taken = std::min(head_.body_bytes - body_.size(), bytes.size());
  body_.append(bytes.substr(0, taken));
  if (body_.size() == head_.body_bytes) state_ = State::complete;
  return taken;
}

FramedRequest RequestReader::release() {
  FramedRequest request{std::move(head_), std::move(body_)};
  *this = RequestReader(*limits_);
  return request;
}

void RequestReader::refuse(RefusalCode code, std::string_view detail) {
  refusal_ = Refusal{code, std::string(detail), {}};
  state_ = State::refused;
}

}  // namespace truce
