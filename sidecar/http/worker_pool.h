// Threads that serve admitted requests, behind a bounded queue.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sidecar/http/request.h"

namespace truce {

struct Job {
  std::uint64_t connection = 0;
  std::unique_ptr<HttpRequest> request;
  bool keeps_connection = false;  // what the reply is to say
};

class WorkerPool {
 public:
  // `serve` is called by all threads at once and must not throw.
  WorkerPool(std::size_t workers, std::size_t queue_limit, std::function<void(Job)> serve);
  // Drops what is queued and waits for what is being served.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full; `job` is then as it was. Thread-safe.
  bool submit(Job& job);

 private:
  void work();

  const std::size_t queue_limit_;
  const std::function<void(Job)> serve_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace truce
