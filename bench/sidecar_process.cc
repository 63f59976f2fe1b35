#include "bench/sidecar_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "engine/core/model/json.h"

namespace truce::bench {
namespace {

constexpr int start_timeout_ms = 60'000;

pid_t spawn(const std::string& program, const std::string& policy, const std::string& database,
            int out) {
  const std::array<const char*, 12> arguments = {
      program.c_str(),     "serve",    "--policy",    policy.c_str(), "--db",
      database.c_str(),    "--listen", "127.0.0.1:0", "--drain-ms",   "0",
      "--log-level=error", nullptr};
  const pid_t pid = fork();
  if (pid != 0) return pid;
  dup2(out, STDOUT_FILENO);
  execv(program.c_str(), const_cast<char* const*>(arguments.data()));
  _exit(127);
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::string read_line(int descriptor) {
  std::string line;
  char c = 0;
  pollfd waiting{descriptor, POLLIN, 0};
  while (poll(&waiting, 1, start_timeout_ms) > 0 && read(descriptor, &c, 1) == 1 && c != '\n') {
    line += c;
  }
  return line;
}

}  // namespace

ScratchFolder::ScratchFolder(const std::string& parent) {
  std::string pattern = parent + "/truce-bench-XXXXXX";
  if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (exists()) std::filesystem::remove_all(path_, ignored);
}

SidecarProcess::SidecarProcess(const std::string& program, const std::string& policy,
                               const std::string& database) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
  pid_ = spawn(program, policy, database, ends[1]);
  close(ends[1]);
  const Json line = parse_json(read_line(ends[0])).value_or(Json());
  close(ends[0]);
  if (!line.is_object()) return;
  std::ifstream(line.at("token_file").get<std::string>()) >> token_;
  port_ = static_cast<std::uint16_t>(to_int64(line.at("port")).value_or(0));
}

SidecarProcess::~SidecarProcess() { stop(); }

double SidecarProcess::status_mib(const std::string& name) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.compare(0, name.size(), name) != 0) continue;
    std::istringstream value(line.substr(name.size()));
    double kib = 0;
    value >> kib;
    return kib / 1024;
  }
  return 0;
}

double SidecarProcess::rss_mib() const { return status_mib("VmRSS:"); }
double SidecarProcess::peak_rss_mib() const { return status_mib("VmHWM:"); }

bool SidecarProcess::stop() {
  if (pid_ <= 0) return false;
  kill(pid_, SIGTERM);
  int status = 0;
  rusage used{};
  const bool ended = wait4(pid_, &status, 0, &used) == pid_;
  cpu_s_ = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  pid_ = -1;
  return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::uint64_t database_bytes(const std::string& path) {
  std::uint64_t sum = 0;
  for (const char* ending : {"", "-wal"}) {
    std::error_code missing;
    const std::uintmax_t bytes = std::filesystem::file_size(path + ending, missing);
    if (!missing) sum += bytes;
  }
  return sum;
}

}  // namespace truce::bench
