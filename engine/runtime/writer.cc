#include "engine/runtime/writer.h"

#include <exception>
#include <new>
#include <utility>

namespace truce {

namespace {

constexpr const char* probe_name = "write-probe";

std::future<Result<Json>> answered(Problem problem) {
  std::promise<Result<Json>> promise;
  promise.set_value(tl::unexpected<Problem>(std::move(problem)));
  return promise.get_future();
}

Problem spoilt() { return {Code::internal, "one request of a group failed", {}}; }

// Made where memory has just run out: short enough to need none.
Problem no_memory() { return {Code::busy, "no memory", {}}; }

Problem lost_store() {
  return {Code::shutting_down, "the store failed and the process is ending; nothing was done", {}};
}

}  // namespace

bool is_fatal(const Problem& problem) {
  return problem.code == Code::store_unknown_outcome || problem.code == Code::store_corrupt;
}

Writer::Writer(Surroundings surroundings, OnFatal on_fatal, std::function<bool()> has_room)
    : surroundings_(surroundings), on_fatal_(std::move(on_fatal)), has_room_(std::move(has_room)) {
  thread_ = std::thread([this] { work_until_stopped(); });
}

Writer::~Writer() { stop(); }

std::future<Result<Json>> Writer::submit(WriteJob job) {
  const std::lock_guard lock(mutex_);
  if (trouble_ && is_fatal(*trouble_)) return answered(lost_store());
  if (stopping_) return answered({Code::shutting_down, "the process is ending", {}});
  if (job.brings_more && trouble_ && trouble_->code == Code::store_full) return answered(*trouble_);
  // One large job must get in, or it would be refused for ever.
  const bool too_many_bytes = waiting() > 0 && queue_bytes_ + job.bytes > queue_bytes_max;
  if (waiting() >= queue_jobs_max || too_many_bytes) {
    ++counts_.refused;
    return answered({Code::busy, "too many requests are waiting to be stored", {}});
  }
  auto& queue = job.in_background ? background_ : queue_;
  queue.push_back({std::move(job), {}});
  queue_bytes_ += queue.back().job.bytes;
  changed_.notify_one();
  return queue.back().promise.get_future();
}

Result<Json> Writer::run(WriteJob job) { return submit(std::move(job)).get(); }

std::optional<Problem> Writer::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

WriterCounts Writer::counts() const {
  const std::lock_guard lock(mutex_);
  WriterCounts counts = counts_;
  counts.waiting = waiting();
  return counts;
}

bool Writer::is_awaited() const {
  const std::lock_guard lock(mutex_);
  return !queue_.empty();
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Writer::work_until_stopped() {
  Group group;
  group.reserve(group_jobs_max);
  while (true) {
    take_group(group);
    if (group.empty()) return;
    try {
      run_group(group);
    } catch (const std::bad_alloc&) {
      // There was none to tell the outcome with. Whoever waits still is told that it is unknown.
    }
    group.clear();
    if (!is_lost()) {
      surroundings_.store.tidy();
      continue;
    }
    const std::optional<Problem> reason = trouble();
    refuse_all(lost_store());
    if (on_fatal_) on_fatal_(*reason);
    return;
  }
}

bool Writer::is_lost() const {
  const std::lock_guard lock(mutex_);
  return trouble_ && is_fatal(*trouble_);
}

std::size_t Writer::waiting() const { return queue_.size() + background_.size(); }

void Writer::take_first(std::deque<Waiting>& queue, Group& group) {
  queue_bytes_ -= queue.front().job.bytes;
  group.push_back(std::move(queue.front()));
  queue.pop_front();
}

void Writer::take_group(Group& group) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || waiting() > 0; });
  const bool is_background = !background_.empty() && (queue_.empty() || background_is_next_);
  background_is_next_ = !is_background;
  if (is_background) return take_first(background_, group);
  std::size_t events = 0;
  while (!queue_.empty() && group.size() < group_jobs_max) {
    const WriteJob& job = queue_.front().job;
    if (!group.empty() && events + job.events > group_events_max) break;
    events += job.events;
    take_first(queue_, group);
    if (group.back().job.on_commit) break;
  }
}

void Writer::run_group(Group& group) {
  GroupRun run = try_group(group);
  // A caller's mistake spoils the transaction for its neighbours. Once more, each by itself, and
  // only the one at fault is told so.
  if (run.failure && run.failure->code == Code::internal && group.size() > 1) {
    run_alone(group);
    return;
  }
  finish(group, run);
}

void Writer::run_alone(Group& group) {
  for (Waiting& waiting : group) {
    Group single;
    single.push_back(std::move(waiting));
    GroupRun run = try_group(single);
    finish(single, run);
    if (run.failure && is_fatal(*run.failure)) {
      // The rest is put back, to be refused with the queue.
      const std::lock_guard lock(mutex_);
      for (Waiting* rest = &waiting + 1; rest != group.data() + group.size(); ++rest) {
        queue_bytes_ += rest->job.bytes;
        queue_.push_back(std::move(*rest));
      }
      return;
    }
  }
}

Writer::GroupRun Writer::try_group(Group& group) {
  try {
    return run_in_transaction(group);
  } catch (const std::bad_alloc&) {
    // Before the commit, for that one needs no memory of ours once it has begun: all is rolled
    // back.
    GroupRun run;
    run.failure = no_memory();
    return run;
  }
}

Writer::GroupRun Writer::run_in_transaction(Group& group) {
  GroupRun run;
  run.answers.reserve(group.size());
  const LoadedPolicy in_force = surroundings_.policy.for_work();
  const std::unique_ptr<Transaction> transaction = surroundings_.store.begin();
  // After a failure an empty commit must not pass for a recovery.
  if (trouble()) transaction->put_meta(probe_name, to_rfc3339(surroundings_.clock.now()));
  const bool is_alone = group.size() == 1;
  for (const Waiting& waiting : group) {
    // A mark costs the store a copy of every page that is touched behind it, which is 26 MB for a
    // thousand new records in a large database; alone, a job that fails takes the transaction with
    // it.
    const bool with_mark = !is_alone && !waiting.job.never_refuses;
    if (with_mark) transaction->set_savepoint();
    Result<Json> answer = run_job(*transaction, waiting.job, in_force);
    run.failure = transaction->failure();
    const bool failed = !answer;
    if (failed && !run.failure && !with_mark && !is_alone) run.failure = spoilt();
    if (run.failure) break;
    run.answers.push_back(std::move(answer));
    if (failed && is_alone) return run;
    if (failed) transaction->rollback_to_savepoint();
    if (with_mark) transaction->drop_savepoint();
  }
  if (!run.failure) {
    const Result<void> committed = transaction->commit();
    run.committed = committed.has_value();
    if (!committed) run.failure = committed.error();
  }
  return run;
}

Result<Json> Writer::run_job(Transaction& transaction, const WriteJob& job,
                             const LoadedPolicy& in_force) {
  Context context{transaction,
                  *in_force.policy,
                  surroundings_.ids,
                  surroundings_.clock.now(),
                  surroundings_.transforms,
                  surroundings_.secrets,
                  job.actor};
  context.migrating = in_force.migrating.get();
  try {
    return job.work(context);
  } catch (const std::bad_alloc&) {
    return tl::unexpected<Problem>(no_memory());
  } catch (const std::exception&) {
    // Its text may quote what was sent.
    return fail(Code::internal, "the request failed inside; nothing of it was stored");
  }
}

void Writer::finish(Group& group, GroupRun& run) {
  if (run.committed || run.failure) note_outcome(run.failure);
  {
    const std::lock_guard lock(mutex_);
    counts_.jobs += group.size();
  }
  for (std::size_t index = 0; index < group.size(); ++index) {
    Waiting& waiting = group[index];
    if (run.failure) {
      waiting.promise.set_value(tl::unexpected<Problem>(*run.failure));
      continue;
    }
    if (run.answers[index] && waiting.job.on_commit) waiting.job.on_commit();
    waiting.promise.set_value(std::move(run.answers[index]));
  }
}

void Writer::note_outcome(const std::optional<Problem>& failure) {
  std::unique_lock lock(mutex_);
  if (failure) {
    // The one is a caller's mistake, the other is over with the request.
    if (failure->code != Code::internal && failure->code != Code::busy) trouble_ = failure;
    return;
  }
  ++counts_.commits;
  const bool was_full = trouble_ && trouble_->code == Code::store_full;
  lock.unlock();
  const bool still_full = was_full && has_room_ && !has_room_();
  lock.lock();
  if (!still_full) trouble_.reset();
}

void Writer::refuse_all(const Problem& problem) {
  std::deque<Waiting> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(queue_);
    for (Waiting& waiting : background_) left.push_back(std::move(waiting));
    background_.clear();
    queue_bytes_ = 0;
  }
  for (Waiting& waiting : left) waiting.promise.set_value(tl::unexpected<Problem>(problem));
}

}  // namespace truce
