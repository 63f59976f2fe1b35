#include "engine/store/memory/memory_store.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "engine/store/memory/transaction.h"

namespace truce {
namespace {

using memory::Reads;
using memory::State;

// A view that says when it is gone, so that a commit knows whether it may change the committed
// state in place.
class View : public ForwardReads<ReadView, Reads> {
 public:
  View(std::shared_ptr<const State> state, std::atomic<int>& open_views)
      : ForwardReads(std::move(state)), open_views_(open_views) {
    open_views_.fetch_add(1, std::memory_order_relaxed);
  }
  ~View() override { open_views_.fetch_sub(1, std::memory_order_release); }

 private:
  std::atomic<int>& open_views_;
};

// Stands behind a transaction that was refused.
class Nobody : public memory::Committer {
  void publish(const memory::Log&) override {}
  void release() override {}
};

class MemoryStore : public Store, private memory::Committer {
 public:
  std::unique_ptr<Transaction> begin() override {
    if (std::exchange(busy_, true)) {
      auto refused =
          std::make_unique<memory::MemoryTransaction>(nobody_, std::make_shared<State>());
      refused->refuse({Code::internal, "another transaction is open", {}});
      return refused;
    }
    memory::Committer& committer = *this;
    return std::make_unique<memory::MemoryTransaction>(committer, working_);
  }

  std::unique_ptr<ReadView> read() override {
    const std::scoped_lock lock(mutex_);
    return std::make_unique<View>(committed_, open_views_);
  }

  Result<void> backup(const std::string&) override {
    return fail(Code::store_failed, "a store in memory has no backup");
  }

  std::uint64_t size_bytes() override { return 0; }

 private:
  void publish(const memory::Log& log) override {
    const std::scoped_lock lock(mutex_);
    if (open_views_.load(std::memory_order_acquire) > 0) {
      committed_ = std::make_shared<State>(*working_);
      return;
    }
    for (const memory::AnyStep& any : log) {
      std::visit([this](const auto& step) { committed_->assign(step.key, step.after); }, any);
    }
  }

  void release() override { busy_ = false; }

  std::mutex mutex_;  // of committed_
  std::atomic<int> open_views_ = 0;
  std::shared_ptr<State> committed_ = std::make_shared<State>();
  std::shared_ptr<State> working_ = std::make_shared<State>();
  bool busy_ = false;  // the writer's thread only
  Nobody nobody_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace truce
