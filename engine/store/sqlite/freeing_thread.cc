#include "engine/store/sqlite/freeing_thread.h"

namespace truce::sqlite {

FreeingThread::~FreeingThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void FreeingThread::free(KeptRecords::Places records) {
  if (records.empty()) return;
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < records_max) waiting_.splice(waiting_.end(), records);
  changed_.notify_one();
}

void FreeingThread::work_until_stopped() {
  KeptRecords::Places freed;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    freed.swap(waiting_);
    lock.unlock();
    freed.clear();
    lock.lock();
  }
}

}  // namespace truce::sqlite
