// Merges that come in more than one call: kept in memory until nobody has asked for them for a
// while, or the process ends.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/app/merge.h"

namespace truce::api {

// One merge, for several calls at a time: they read their records, and are answered, side by side.
class OpenMerge {
 public:
  explicit OpenMerge(Merge merge) : merge_(std::move(merge)) {}

  // To read with; it takes no lock.
  const Merge& merge() const { return merge_; }
  void add(std::vector<Merge::Input> inputs);
  Merge::Page answer(std::size_t begin, std::size_t limit);
  std::size_t count() const { return count_; }

 private:
  std::shared_mutex mutex_;
  Merge merge_;
  std::atomic<std::size_t> count_ = 0;  // of its records, for those who do not wait
};

class OpenMerges {
 public:
  static constexpr std::chrono::minutes kept_for{5};  // after the last call
  static constexpr std::size_t merges_max = 8;
  static constexpr std::size_t records_max = 500'000;  // in all of them; one takes about 1 KB

  // `busy` while there are too many.
  Result<void> open(const std::string& id, Merge merge);
  // `not_found` where there is none, or none any more.
  Result<std::shared_ptr<OpenMerge>> find(const std::string& id);
  Result<void> close(const std::string& id);
  // `busy` where the records of all would become too many.
  Result<void> check_room_for(std::size_t records);

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    std::shared_ptr<OpenMerge> merge;
    Clock::time_point asked_at;
  };

  std::vector<std::shared_ptr<OpenMerge>> take_old();

  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  std::jthread letting_go_;  // of the merge that was closed last
};

}  // namespace truce::api
