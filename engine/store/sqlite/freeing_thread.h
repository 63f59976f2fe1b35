// Frees what is no longer needed beside the writer, for whom everybody waits: a record with its
// histories is some three hundred pieces of memory.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

#include "engine/store/sqlite/kept_records.h"

namespace truce::sqlite {

class FreeingThread {
 public:
  // More do not wait for it, nor one of a golden record that waits already: whoever brings them
  // frees them.
  static constexpr std::size_t records_max = 4096;

  FreeingThread() : thread_([this] { work_until_stopped(); }) {}
  ~FreeingThread();
  FreeingThread(const FreeingThread&) = delete;
  FreeingThread& operator=(const FreeingThread&) = delete;

  void free(KeptRecords::Places records);

 private:
  void work_until_stopped();

  std::mutex mutex_;
  std::condition_variable changed_;
  KeptRecords::Places waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace truce::sqlite
