#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/model/error.h"
#include "engine/core/model/time.h"
#include "engine/transform/frame.h"

namespace truce {

// One running truce-jq. Not thread-safe.
class JqChild {
 public:
  // With an empty environment and no descriptor of ours but the socket. `transform-failed` when it
  // cannot be started.
  static Result<std::unique_ptr<JqChild>> start(const std::string& program_path, Duration cpu);
  ~JqChild();  // kills and reaps it
  JqChild(const JqChild&) = delete;
  JqChild& operator=(const JqChild&) = delete;

  struct Answer {
    frame::Status status = frame::Status::failed;
    std::string text;
  };
  // After an error the child is of no more use.
  Result<Answer> ask(std::string_view program, std::string_view input, Duration preparation_wall,
                     Duration run_wall);

  // Whether it can be asked again.
  bool is_usable() const { return usable_; }
  pid_t pid() const { return pid_; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  JqChild(pid_t pid, int socket) : pid_(pid), socket_(socket) {}

  bool send(std::string_view bytes, Deadline deadline);
  bool receive(char* bytes, std::size_t count, Deadline deadline);
  // Why it does not answer: ended (and how) or late; ends it.
  tl::unexpected<Problem> ended();

  pid_t pid_;
  int socket_;
  bool usable_ = true;
  bool reaped_ = false;
};

}  // namespace truce
