// The thread that keeps time: what is due by the clock alone is done through the writer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "engine/runtime/writer.h"

namespace truce {

class Sweeper {
 public:
  // `sweep` runs as a job of the writer every `period`, and again at once while it says true.
  // `afterwards` runs on the sweeper's own thread after each round; it may use the writer and the
  // reads. Both must outlive this.
  Sweeper(Writer& writer, std::chrono::milliseconds period, std::function<bool(Context&)> sweep,
          std::function<void()> afterwards);
  ~Sweeper();  // stop()
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  // Ends after the round it is in. Again: nothing.
  void stop();

 private:
  void work_until_stopped();
  bool run_round();  // false: stopped
  bool sweep_once();
  bool wait_for_period();  // false: stopped

  Writer& writer_;
  std::chrono::milliseconds period_;
  std::function<bool(Context&)> sweep_;
  std::function<void()> afterwards_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace truce
