#include "engine/runtime/read_ahead.h"

#include <algorithm>

namespace truce {
namespace {

constexpr std::size_t tell_every = 16;

}  // namespace

void ReadAhead::run() {
  try {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      events_[i] = read_event(reader_, nodes_[i]);
      nodes_[i] = nullptr;
      if (i % tell_every == 0) tell(i + 1);
    }
    tell(events_.size());
  } catch (...) {
    failure_ = std::current_exception();
    tell(failed);
  }
}

bool ReadAhead::is_quick() const {
  const auto is_transformed = [](const auto& entry) { return entry.second.transform.has_value(); };
  for (const auto& [name, entity] : reader_.policy.entities) {
    for (const auto& [field_name, field] : entity.fields) {
      if (std::any_of(field.map.begin(), field.map.end(), is_transformed)) return false;
    }
  }
  return true;
}

const ReadEvent& ReadAhead::at(std::size_t index) const {
  if (read_.load(std::memory_order_acquire) <= index) {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [&] { return read_.load(std::memory_order_relaxed) > index; });
  }
  if (read_.load(std::memory_order_acquire) == failed) std::rethrow_exception(failure_);
  return events_[index];
}

void ReadAhead::tell(std::size_t read) {
  const std::lock_guard lock(mutex_);
  read_.store(read, std::memory_order_release);
  told_.notify_all();
}

}  // namespace truce
