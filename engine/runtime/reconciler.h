// The thread of the slow loop: takes runs that are complete through to their end, piece by piece,
// each piece read here, while the writer works through the one before. A run that a restart
// interrupted goes on by itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/app/reconcile/pieces.h"
#include "engine/runtime/writer.h"

namespace truce {

class Reconciler {
 public:
  // Looks for work every `period` and when it is woken.
  Reconciler(Surroundings surroundings, Writer& writer, std::chrono::milliseconds period);
  ~Reconciler();  // stop()
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  // Any thread: a run is complete.
  void wake();
  // Any thread. How many runs have ended so far.
  std::uint64_t ended();
  // Any thread. Until more than `so_far` have, or `patience` is over: then false.
  bool wait_for_end(std::uint64_t so_far, std::chrono::steady_clock::time_point patience);
  // Ends after the piece it is in. Again: nothing.
  void stop();

 private:
  void work_until_stopped();
  void work_on_runs();
  // False: no run is running, or nothing can be stored now.
  bool do_one_piece();
  // The next one, behind that which is in work; null: there is none, or it cannot be read now.
  std::shared_ptr<const Piece> read_piece(const Piece* in_work);
  // The writer takes it, behind its first `taken` components.
  std::future<Result<Json>> submit(const std::shared_ptr<const Piece>& piece, std::size_t taken);
  void tell_end();
  // True when the run was given up, and another may be looked for.
  bool give_up_after(const RunId& run, const Problem& problem);
  void tidy();
  bool wait();  // false: stopped
  bool is_stopping();

  Surroundings surroundings_;
  Writer& writer_;
  std::chrono::milliseconds period_;
  std::chrono::steady_clock::time_point tidy_due_at_;
  int failures_ = 0;                   // of the oldest run's piece, one after the other
  std::shared_ptr<const Piece> read_;  // while the writer was at work on the one before
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  std::uint64_t ended_ = 0;
  std::condition_variable run_ended_;
  std::thread thread_;
};

}  // namespace truce
