// The events of a batch, read on one thread while the writer is already at work on the first of
// them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/app/ingest.h"

namespace truce {

class ReadAhead : public EventSource {
 public:
  // What `reader` refers to outlives this.
  ReadAhead(const EventReader& reader, std::vector<Json> nodes)
      : reader_(reader), nodes_(std::move(nodes)), events_(nodes_.size()) {}

  // Reads them all, in their order, and lets go of what they were read from. Once, on any thread;
  // what it throws is thrown by at().
  void run();
  // True where others may wait for run(): nothing that it does takes long.
  bool is_quick() const;

  std::size_t size() const override { return events_.size(); }
  // Waits for it. Throws what run() met, if it did not come to an end.
  const ReadEvent& at(std::size_t index) const override;

 private:
  static constexpr std::size_t failed = static_cast<std::size_t>(-1);
  void tell(std::size_t read);

  EventReader reader_;
  std::vector<Json> nodes_;
  std::vector<ReadEvent> events_;
  std::atomic<std::size_t> read_ = 0;  // so many of them; `failed`: nothing more comes
  std::exception_ptr failure_;         // set before read_ says so
  mutable std::mutex mutex_;
  mutable std::condition_variable told_;
};

}  // namespace truce
