#include "tests/fault/support/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace truce::fault {

void let_work(std::chrono::microseconds time) { std::this_thread::sleep_for(time); }

Child::Child(const std::function<int(const Say&)>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  id_ = fork();
  if (id_ < 0) throw std::runtime_error("no child");
  if (id_ > 0) {
    close(ends[1]);
    pipe_ = ends[0];
    return;
  }
  close(ends[0]);
  const int status = work([&](std::uint64_t number) {
    // A number is smaller than a pipe's buffer and arrives whole.
    if (write(ends[1], &number, sizeof number) != sizeof number) _exit(99);
  });
  _exit(status);
}

Child::~Child() {
  if (!status_) {
    kill();
    status();
  }
  close(pipe_);
}

std::optional<std::uint64_t> Child::hear() {
  std::uint64_t number = 0;
  ssize_t got = 0;
  do got = read(pipe_, &number, sizeof number);
  while (got < 0 && errno == EINTR);
  return got == sizeof number ? std::optional(number) : std::nullopt;
}

void Child::kill() { ::kill(id_, SIGKILL); }

int Child::status() {
  if (status_) return *status_;
  int status = 0;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return *status_;
}

}  // namespace truce::fault
