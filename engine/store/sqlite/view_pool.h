// The reading connections: lent to views, kept for the next, and taken back from views that keep
// the log from being started again. Thread-safe.
#pragma once

#include <chrono>
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
  // Closes all views and runs `work` before any new one begins.
  template <class Work>
  void without_views(const Work& work) {
    const std::scoped_lock lock(mutex_);
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

  std::unique_ptr<Connection> take();
  void close_views_before(std::chrono::steady_clock::time_point time);

  const std::string path_;
  const SqliteOptions options_;
  Health& health_;
  std::mutex mutex_;  // of what follows; taken before a connection's own
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<Lent> lent_;
};

}  // namespace truce::sqlite
