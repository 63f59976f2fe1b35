#include "engine/transform/jq_child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace truce {
namespace {

using Clock = std::chrono::steady_clock;

tl::unexpected<Problem> cannot_start(const std::string& path, int error) {
  return fail(Code::transform_failed, "the helper " + path + " cannot be started (" +
                                          std::strerror(error) + "); it is installed beside truce");
}

struct SpawnActions {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  SpawnActions() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

// Not every descriptor of this process is close-on-exec, and the child must have none of them.
int spawn(const std::string& path, Duration cpu, int socket, pid_t* pid) {
  SpawnActions spawning;
  posix_spawn_file_actions_adddup2(&spawning.actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&spawning.actions, socket, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&spawning.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&spawning.actions, STDERR_FILENO + 1);
  // Signals that this process ignores or blocks must end the child all the same.
  sigset_t every_signal;
  sigset_t no_signal;
  sigfillset(&every_signal);
  sigemptyset(&no_signal);
  posix_spawnattr_setsigdefault(&spawning.attributes, &every_signal);
  posix_spawnattr_setsigmask(&spawning.attributes, &no_signal);
  posix_spawnattr_setflags(&spawning.attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  std::string name = "truce-jq";
  std::string cpu_ms = std::to_string(cpu.ms());
  char* arguments[] = {name.data(), cpu_ms.data(), nullptr};
  char* environment[] = {nullptr};
  return posix_spawn(pid, path.c_str(), &spawning.actions, &spawning.attributes, arguments,
                     environment);
}

// Waits until the socket can be read or written; false at the deadline.
bool wait_for(int socket, short events, Clock::time_point deadline) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{socket, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool is_worth_waiting(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

Clock::time_point deadline_in(Duration duration) {
  return Clock::now() + std::chrono::milliseconds(duration.ms());
}

tl::unexpected<Problem> beyond_limit(const char* limit) {
  return fail(Code::transform_timeout, std::string("its transform ") + limit);
}

}  // namespace

Result<std::unique_ptr<JqChild>> JqChild::start(const std::string& program_path, Duration cpu) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return cannot_start(program_path, errno);
  }
  pid_t pid = 0;
  const int error = spawn(program_path, cpu, ends[1], &pid);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return cannot_start(program_path, error);
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return std::unique_ptr<JqChild>(new JqChild(pid, ends[0]));
}

JqChild::~JqChild() {
  close(socket_);
  if (reaped_) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<JqChild::Answer> JqChild::ask(std::string_view program, std::string_view input,
                                     Duration preparation_wall, Duration run_wall) {
  const frame::RequestHead head{static_cast<std::uint32_t>(program.size()),
                                static_cast<std::uint32_t>(input.size())};
  const Deadline prepared = deadline_in(preparation_wall);
  char ready = '\0';
  if (!send({reinterpret_cast<const char*>(&head), sizeof head}, prepared) ||
      !send(program, prepared) || !send(input, prepared) || !receive(&ready, 1, prepared) ||
      ready != frame::ready) {
    return ended();
  }
  const Deadline answered = deadline_in(run_wall);
  frame::AnswerHead answer_head;
  if (!receive(reinterpret_cast<char*>(&answer_head), sizeof answer_head, answered) ||
      answer_head.bytes > frame::most_answer_bytes) {
    return ended();
  }
  Answer answer{answer_head.status, std::string(answer_head.bytes, '\0')};
  if (!receive(answer.text.data(), answer.text.size(), answered)) return ended();
  usable_ = answer_head.retires == 0;
  return answer;
}

bool JqChild::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EINTR &&
               !(is_worth_waiting(errno) && wait_for(socket_, POLLOUT, deadline))) {
      return false;
    }
  }
  return true;
}

bool JqChild::receive(char* bytes, std::size_t count, Deadline deadline) {
  while (count > 0) {
    const ssize_t got = recv(socket_, bytes, count, 0);
    if (got > 0) {
      bytes += got;
      count -= static_cast<std::size_t>(got);
    } else if (got == 0 || (errno != EINTR &&
                            !(is_worth_waiting(errno) && wait_for(socket_, POLLIN, deadline)))) {
      return false;
    }
  }
  return true;
}

tl::unexpected<Problem> JqChild::ended() {
  usable_ = false;
  // A child that has died by itself keeps its own reason; killing a zombie changes nothing.
  kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGPROF || signal == SIGXCPU) return beyond_limit("ran for too long");
    if (signal == SIGKILL) return beyond_limit("did not answer in time");
    return fail(Code::transform_failed, "its transform crashed jq");
  }
  const int code = WEXITSTATUS(status);
  if (code == frame::exit_out_of_memory) return beyond_limit("needs more than 256 MiB");
  if (code == frame::exit_not_confined) {
    return fail(Code::transform_failed,
                "transforms cannot be confined on this machine (seccomp, resource limits)");
  }
  return fail(Code::transform_failed, "its transform ended jq");
}

}  // namespace truce
