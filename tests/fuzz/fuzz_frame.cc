// Libraries: truce_http
//
// Requests out of any bytes. The first byte says how the rest is cut into pieces; what is found
// must not depend on it, and whatever is let through must be as strict as the header promises.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/http/framing.h"
#include "sidecar/http/request_target.h"

namespace truce {
namespace {

constexpr std::size_t most_requests = 16;

void must(bool holds) {
  if (!holds) std::abort();
}

// Gives the size of the next piece, at least 1.
class Cutter {
 public:
  explicit Cutter(std::uint8_t seed) : state_(seed) {}
  std::size_t next() {
    state_ = state_ * 1'103'515'245U + 12'345U;
    return 1 + (state_ >> 16) % 97;
  }

 private:
  std::uint32_t state_;
};

// What one run over all bytes found, as text that can be compared.
std::string describe(const FramedRequest& request) {
  std::string text = request.head.method + ' ' + request.head.target;
  for (const auto& field : request.head.headers) text += '\n' + field.name + ':' + field.value;
  text += request.head.keeps_connection ? "\nkept" : "\nclosed";
  return text + '\n' + request.body + '\n';
}

void check_target(const std::string& target) {
  const auto parsed = parse_target(target);
  if (!parsed) return;
  must(!parsed->segments.empty());
  for (const auto& segment : parsed->segments) {
    must(segment != "." && segment != "..");
    must(std::none_of(segment.begin(), segment.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; }));
  }
  for (const auto& [name, value] : parsed->query)
    must(find_parameter(parsed->query, name) == value);
}

void check_request(const FramedRequest& request, const FrameLimits& limits) {
  const RequestHead& head = request.head;
  must(request.body.size() == head.body_bytes && head.body_bytes <= limits.body_bytes);
  must(!head.method.empty() && !head.target.empty() && head.target.size() <= limits.target_bytes);
  must(head.headers.size() <= limits.header_count);
  must(!head.find_header("transfer-encoding"));
  must(std::count_if(head.headers.begin(), head.headers.end(),
                     [](const HeaderField& field) { return field.name == "host"; }) == 1);
  for (const auto& field : head.headers) {
    must(field.value.find_first_of("\r\n\0", 0, 3) == std::string::npos);
    if (is_read_header(field.name)) must(field.value.find('%') == std::string::npos);
  }
  if (head.target.front() == '/') check_target(head.target);
}

template <class NextPiece>
std::string read_all(std::string_view bytes, const FrameLimits& limits, NextPiece next_piece) {
  std::string found;
  RequestReader reader(limits);
  std::size_t requests = 0;
  std::size_t left_of_piece = 0;
  while (!bytes.empty() && requests < most_requests) {
    if (left_of_piece == 0) left_of_piece = std::min<std::size_t>(next_piece(), bytes.size());
    const std::size_t taken = reader.take(bytes.substr(0, left_of_piece));
    must(taken <= left_of_piece);
    bytes.remove_prefix(taken);
    left_of_piece -= taken;
    must(reader.buffered_bytes() <= limits.header_block_bytes + limits.body_bytes);
    if (reader.state() == RequestReader::State::head_complete) reader.accept_body();
    if (reader.state() == RequestReader::State::refused) {
      found += to_string(reader.refusal().code);
      break;
    }
    if (reader.state() == RequestReader::State::complete) {
      const FramedRequest request = reader.release();
      check_request(request, limits);
      found += describe(request);
      ++requests;
    }
  }
  return found + "\nleft: " + std::to_string(bytes.size());
}

}  // namespace
}  // namespace truce

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace truce;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  FrameLimits limits;
  limits.target_bytes = 64;  // small, so that short inputs reach them
  limits.header_line_bytes = 128;
  limits.header_block_bytes = 512;
  limits.header_count = 8;
  limits.body_bytes = 256;
  Cutter cutter(data[0]);
  const std::string whole = read_all(bytes, limits, [&] { return bytes.size(); });
  const std::string cut = read_all(bytes, limits, [&] { return cutter.next(); });
  const std::string single = read_all(bytes, limits, [] { return std::size_t{1}; });
  must(whole == cut && whole == single);
  return 0;
}
