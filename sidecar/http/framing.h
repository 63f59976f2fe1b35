// HTTP/1.1 requests out of bytes, strictly. Pure: no socket, no clock.
//
// What is accepted is small on purpose: CRLF line ends, one Host, at most one Content-Length, no
// Transfer-Encoding, no folding, no body on GET, HEAD and DELETE. Whatever two readers could
// understand in two ways is refused, so that no second request can hide in the first.
//
// Bytes are judged one after another and nothing depends on how they were cut into pieces.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/http/limits.h"
#include "sidecar/http/refusal.h"

namespace truce {

struct HeaderField {
  std::string name;   // lower case
  std::string value;  // as it came, without the white space around it; nothing is decoded
};

struct RequestHead {
  std::string method;  // upper case letters and '-'
  std::string target;  // begins with '/'; "*" for OPTIONS, anything for CONNECT
  std::vector<HeaderField> headers;
  std::size_t body_bytes = 0;
  bool keeps_connection = true;  // HTTP/1.1 without "Connection: close"
  bool awaits_continue = false;  // "Expect: 100-continue"

  // The first header of that lower-case name. Only for names that is_read_header() knows: of those
  // it is certain that they stand once and hold neither '%' nor bytes beyond ASCII.
  std::optional<std::string_view> find_header(std::string_view name) const;
};

struct FramedRequest {
  RequestHead head;
  std::string body;
};

// The headers that the sidecar reads. All others are carried along unread.
bool is_read_header(std::string_view lower_case_name);

// Reads one request. take() hands bytes in; the state says what is wanted next:
//
//   reading_head --> head_complete --accept_body()--> reading_body --> complete
//        |                                                 (at once for an empty body)
//        +--> refused
class RequestReader {
 public:
  enum class State { reading_head, head_complete, reading_body, complete, refused };

  // `limits` must outlive the reader.
  explicit RequestReader(const FrameLimits& limits) : limits_(&limits) {}

  // Gives how many of the bytes belong to this request; it stops behind the head, behind the body
  // and at a fault. The body's memory grows with what arrives, not with what was announced.
  std::size_t take(std::string_view bytes);
  // The head was looked at and its body is wanted. Only in head_complete.
  void accept_body();

  State state() const { return state_; }
  bool untouched() const { return head_bytes_ == 0; }
  // Of this request, in memory.
  std::size_t buffered_bytes() const { return head_bytes_ + body_.size(); }
  // From head_complete on.
  const RequestHead& head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }
  // Only in complete; leaves the reader as if it were new.
  FramedRequest release();

 private:
  std::size_t take_line(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  void finish_line();
  void finish_request_line(std::string_view line);
  void finish_header(std::string_view line);
  void finish_head();
  bool check_read_header(const HeaderField& field);
  bool read_content_length(std::string_view value);
  void check_framing();
  bool in_request_line() const { return head_.method.empty(); }
  void refuse(RefusalCode code, std::string_view detail);

  const FrameLimits* limits_;
  State state_ = State::reading_head;
  std::string line_;
  std::size_t head_bytes_ = 0;
  RequestHead head_;
  std::string body_;
  Refusal refusal_;
};

}  // namespace truce
