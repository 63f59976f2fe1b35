// The guard: the one thread that owns every socket. It frames requests strictly, holds every client
// to its deadlines, and gives only whole, admitted requests to the workers; their replies come back
// to it and leave at the client's pace. No client, however slow, holds a worker.
//
// A connection goes around:
//
//   reading --> serving --> replying --> reading          (kept)
//      |                       |
//      +-- refused ------------+-------> lingering --> closed
//
// lingering: our half is shut; late bytes are dropped for a moment, so that a refusal is not lost.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sidecar/http/limits.h"
#include "sidecar/http/listener.h"
#include "sidecar/http/refusal.h"
#include "sidecar/http/request.h"
#include "sidecar/http/traffic.h"
#include "sidecar/http/worker_pool.h"

namespace truce {

struct GuardedService {
  // Looks at a request's head before its body is read. On the guard's thread: must not wait.
  std::function<std::optional<Refusal>(HttpRequest&)> admit;
  // The whole reply as bytes; `keeps_connection` is what it must say. On the workers' threads. May
  // throw where there is no memory for it.
  std::function<std::string(const HttpRequest&, bool keeps_connection)> serve;
};

class FrontGuard {
 public:
  // Accepts at once. `traffic` must outlive the guard. Throws std::system_error when the system has
  // no more threads or descriptors to give.
  FrontGuard(const HttpLimits& limits, GuardedService service, std::vector<Listener> listeners,
             Traffic& traffic);
  // As stop() without patience.
  ~FrontGuard();

  // Stops accepting, closes idle connections, finishes what has arrived, and closes what is left
  // when `patience` is over. Returns when all connections are closed; handlers may still run. May
  // be called again meanwhile, by another thread: the earlier end counts.
  void stop(std::chrono::milliseconds patience);

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Connection;

  struct ReadyReply {
    std::uint64_t connection;
    std::string bytes;  // empty: there was no memory for it
  };

  void run();
  void serve(Job job);
  bool finished() const;
  int wait_ms() const;
  template <class Work>
  void attempt(std::uint64_t key, const Work& work);
  void handle_event(std::uint64_t key, std::uint32_t events);
  void accept_from(const Listener& listener);
  void open(FileDescriptor socket, std::string peer);
  void read_from(Connection& connection);
  void advance(Connection& connection, std::string_view bytes);
  bool admit(Connection& connection);
  void submit(Connection& connection, std::string_view rest);
  void take_replies();
  void take_reply(ReadyReply& reply);
  void refuse(Connection& connection, const Refusal& refusal);
  void start_reply(Connection& connection, std::string bytes);
  void flush(Connection& connection);
  void finish_reply(Connection& connection);
  void linger(Connection& connection);
  void abandon(Connection& connection);
  void close(Connection& connection);
  void begin_stop();
  void sweep();
  void expire(Connection& connection);
  void hold(Connection& connection, std::size_t bytes);
  void watch(Connection& connection, std::uint32_t events);
  void pause_listeners();
  void resume_listeners();
  void wake();

  const HttpLimits limits_;
  const GuardedService service_;
  Traffic& traffic_;
  FileDescriptor epoll_;
  FileDescriptor wake_;

  // The guard's thread only.
  std::vector<Listener> listeners_;
  bool listeners_paused_ = false;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> closed_;  // kept until nothing refers to them
  std::uint64_t next_key_;
  std::size_t held_bytes_ = 0;
  bool stopping_ = false;
  SteadyClock::time_point now_;
  SteadyClock::time_point swept_at_;
  std::array<char, 65'536> input_;
  std::vector<ReadyReply> taken_replies_;

  // Shared.
  std::atomic<SteadyClock::rep> stop_at_;  // the end of patience; max: not stopping
  std::mutex replies_mutex_;
  std::vector<ReadyReply> replies_;

  std::mutex stop_mutex_;  // held by whoever joins thread_
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<WorkerPool> quick_workers_;
  std::thread thread_;
};

}  // namespace truce
