#include "engine/runtime/sweeper.h"

#include <new>

namespace truce {

Sweeper::Sweeper(Writer& writer, std::chrono::milliseconds period,
                 std::function<bool(Context&)> sweep, std::function<void()> afterwards)
    : writer_(writer),
      period_(period),
      sweep_(std::move(sweep)),
      afterwards_(std::move(afterwards)) {
  thread_ = std::thread([this] { work_until_stopped(); });
}

Sweeper::~Sweeper() { stop(); }

void Sweeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Sweeper::work_until_stopped() {
  while (wait_for_period()) {
    try {
      if (!run_round()) return;
    } catch (const std::bad_alloc&) {
      // What this round has not done the next one does.
    }
  }
}

bool Sweeper::run_round() {
  while (sweep_once()) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
  }
  if (afterwards_) afterwards_();
  return true;
}

bool Sweeper::sweep_once() {
  WriteJob job;
  job.actor = "truce";
  job.work = [this](Context& context) -> Result<Json> { return Json(sweep_(context)); };
  // A refusal or a failed commit is seen by the writer's `trouble`; the next round tries again.
  const Result<Json> more = writer_.run(std::move(job));
  return more && more->is_boolean() && more->get<bool>();
}

bool Sweeper::wait_for_period() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, period_, [this] { return stopping_; });
}

}  // namespace truce
