#include "sidecar/http/worker_pool.h"

#include <utility>

namespace truce {

WorkerPool::WorkerPool(std::size_t workers, std::size_t queue_limit, std::function<void(Job)> serve)
    : queue_limit_(queue_limit), serve_(std::move(serve)) {
  threads_.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  has_work_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::submit(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(job));
  }
  has_work_.notify_one();
  return true;
}

void WorkerPool::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    has_work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    serve_(std::move(job));
  }
}

}  // namespace truce
