// The reading connections: lent to views, kept for the next, and taken back from views that keep
// the log from being started again. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/port/store.h"
#include "engine/store/sqlite/connection.h"

namespace truce::sqlite {

class ViewPool {
 public:
  ViewPool(std::string path, const SqliteOptions& options, Health& health);

  std::unique_ptr<ReadView> view();

  // Closes views that are older than the read deadline: they fail with `busy`.
  void close_old_views();
  // Runs `work` while there is no view: new ones wait, those that do not end in time are closed.
  template <class Work>
  void without_views(const Work& work) {
    std::unique_lock lock(mutex_);
    const ShutGate gate(*this);
    all_gone_.wait_for(lock, std::chrono::milliseconds(options_.view_grace_ms),
                       [this] { return lent_.empty(); });
    close_views_before(std::chrono::steady_clock::time_point::max());
    work();
  }

  // From a view that ends.
  void give_back(std::unique_ptr<Connection> connection);

 private:
  struct Lent {
    Connection* connection;
    std::chrono::steady_clock::time_point since;
  };

  // While it lives no view is lent. Under the mutex.
  struct ShutGate {
    explicit ShutGate(ViewPool& owner) : pool(owner) { pool.gate_is_shut_ = true; }
    ~ShutGate() {
      pool.gate_is_shut_ = false;
      pool.gate_opens_.notify_all();
    }
    ShutGate(const ShutGate&) = delete;
    ShutGate& operator=(const ShutGate&) = delete;
    ViewPool& pool;
  };

  std::unique_ptr<Connection> take();
  void close_views_before(std::chrono::steady_clock::time_point time);

  const std::string path_;
  const SqliteOptions options_;
  Health& health_;
  std::mutex mutex_;  // of what follows; taken before a connection's own
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<Lent> lent_;  // and not closed
  bool gate_is_shut_ = false;
  std::condition_variable gate_opens_;
  std::condition_variable all_gone_;
};

}  // namespace truce::sqlite
