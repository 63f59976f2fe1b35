// Ends a wait of another thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace truce {

// Any thread.
class StopSignal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  // True once it was raised; at the latest after `time`.
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return raised_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

}  // namespace truce
