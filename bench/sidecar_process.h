// The real `truce serve` on loopback, on a database file of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace truce::bench {

// A new folder under the given one; removed with everything in it.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& parent);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  bool exists() const { return !path_.empty(); }

 private:
  std::string path_;
};

class SidecarProcess {
 public:
  // Returns when it listens, or has ended (listens() is false then; its messages went to stderr).
  SidecarProcess(const std::string& program, const std::string& policy,
                 const std::string& database);
  ~SidecarProcess();  // stop()
  SidecarProcess(const SidecarProcess&) = delete;
  SidecarProcess& operator=(const SidecarProcess&) = delete;

  bool listens() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  const std::string& token() const { return token_; }
  // VmRSS and VmHWM of /proc/PID/status.
  double rss_mib() const;
  double peak_rss_mib() const;
  // SIGTERM, and waits for its end. True where it ended well.
  bool stop();
  // Of the whole process; known once it has ended.
  double cpu_s() const { return cpu_s_; }

 private:
  double status_mib(const std::string& name) const;

  pid_t pid_ = -1;
  double cpu_s_ = 0;
  std::uint16_t port_ = 0;
  std::string token_;
};

// Of the file and its write-ahead log.
std::uint64_t database_bytes(const std::string& path);

}  // namespace truce::bench
