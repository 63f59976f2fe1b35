#include "sidecar/api/open_merges.h"

#include <utility>

namespace truce::api {

namespace {

Problem unknown() {
  return {Code::not_found,
          "there is no such merge: nobody asked for it for 5 minutes, or the sidecar was started "
          "again; send it from its beginning",
          {}};
}

}  // namespace

void OpenMerge::add(std::vector<Merge::Input> inputs) {
  const std::lock_guard lock(mutex_);
  merge_.add(std::move(inputs));
  count_ = merge_.count();
}

Merge::Page OpenMerge::answer(std::size_t begin, std::size_t limit) {
  std::shared_lock lock(mutex_);
  while (!merge_.is_grouped()) {
    lock.unlock();
    {
      const std::lock_guard alone(mutex_);
      merge_.group();
    }
    lock.lock();
  }
  return merge_.answer(begin, limit);
}

// Letting go of a large merge takes a while: after the lock, so that the others do not wait.
Result<void> OpenMerges::open(const std::string& id, Merge merge) {
  std::vector<std::shared_ptr<OpenMerge>> old;
  const std::lock_guard lock(mutex_);
  old = take_old();
  if (kept_.size() >= merges_max) {
    return fail(Code::busy, "there are " + std::to_string(merges_max) +
                                " open merges; DELETE those that are done");
  }
  kept_.emplace(id, Kept{std::make_shared<OpenMerge>(std::move(merge)), Clock::now()});
  return {};
}

Result<std::shared_ptr<OpenMerge>> OpenMerges::find(const std::string& id) {
  std::vector<std::shared_ptr<OpenMerge>> old;
  const std::lock_guard lock(mutex_);
  old = take_old();
  const auto found = kept_.find(id);
  if (found == kept_.end()) return tl::unexpected(unknown());
  found->second.asked_at = Clock::now();
  return found->second.merge;
}

Result<void> OpenMerges::close(const std::string& id) {
  std::jthread before;  // has long ended, or is waited for when the lock is gone
  const std::lock_guard lock(mutex_);
  auto closed = kept_.extract(id);
  if (closed.empty()) return tl::unexpected(unknown());
  before = std::exchange(
      letting_go_,
      std::jthread([merge = std::move(closed.mapped().merge)]() mutable { merge.reset(); }));
  return {};
}

Result<void> OpenMerges::check_room_for(std::size_t records) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, kept] : kept_) records += kept.merge->count();
  if (records <= records_max) return {};
  return fail(Code::busy, "open merges would hold more than " + std::to_string(records_max) +
                              " records; DELETE those that are done");
}

std::vector<std::shared_ptr<OpenMerge>> OpenMerges::take_old() {
  const Clock::time_point oldest = Clock::now() - kept_for;
  std::vector<std::shared_ptr<OpenMerge>> old;
  for (auto each = kept_.begin(); each != kept_.end();) {
    const bool is_old = each->second.asked_at < oldest;
    if (is_old) old.push_back(std::move(each->second.merge));
    each = is_old ? kept_.erase(each) : std::next(each);
  }
  return old;
}

}  // namespace truce::api
