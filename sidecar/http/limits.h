// Every bound of the HTTP front, in one place.
#pragma once

#include <chrono>
#include <cstddef>

namespace truce {

// What one request's bytes may be.
struct FrameLimits {
  std::size_t target_bytes = 2'048;         // path and query
  std::size_t header_line_bytes = 8'192;    // one line without its end
  std::size_t header_block_bytes = 16'384;  // request line, all headers and the empty line
  std::size_t header_count = 100;
  std::size_t body_bytes = 16 * 1024 * 1024;
};

struct HttpLimits {
  FrameLimits frame;

  // From a request's first byte to its last. Before the first byte of a new connection: the same.
  std::chrono::milliseconds request_deadline{10'000};
  // A client must take this many bytes of its reply within the deadline, and again the next ones.
  std::chrono::milliseconds reply_deadline{10'000};
  std::size_t reply_piece_bytes = 256 * 1024;
  // Between two requests of a kept connection.
  std::chrono::milliseconds idle_deadline{5'000};
  // After the last reply: how long late bytes are read and dropped, so that the kernel does not
  // answer them with a reset, which would take the reply away from its reader.
  std::chrono::milliseconds linger_deadline{2'000};

  std::size_t requests_per_connection = 1'000;
  std::size_t connections = 4'096;
  // Of all connections together: what was read and is not answered, what is to be sent.
  std::size_t buffered_bytes = 256 * 1024 * 1024;

  // A worker waits while the engine commits; the more of them wait, the larger the group.
  std::size_t workers = 64;
  std::size_t queued_requests = 1'024;
  // Routes that say whether we are well are served by their own, when all others wait for a disk.
  std::size_t quick_workers = 2;
  std::size_t quick_queued_requests = 64;

  std::size_t bad_tokens_per_minute = 20;  // of one peer
};

}  // namespace truce
