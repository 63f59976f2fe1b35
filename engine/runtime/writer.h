// The one thread that writes. Jobs wait in a bounded queue; the writer takes what is waiting, runs
// it in one transaction, commits once for all, and only then answers. Work in the background is taken
// one job at a time, and each second time at most while other work waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/surroundings.h"

namespace truce {

inline constexpr std::size_t queue_jobs_max = 1024;
inline constexpr std::size_t queue_bytes_max = std::size_t{64} << 20U;  // of the requests' bodies
inline constexpr std::size_t group_jobs_max = 256;
inline constexpr std::size_t group_events_max = 10'000;

struct WriteJob {
  std::string actor;
  // A Problem takes back what this job did and nothing else. It may be called a second time, after
  // its first run was rolled back: it must not use up what it holds.
  std::function<Result<Json>(Context&)> work;
  // On the writer's thread, after the commit and before the next job. Such a job ends its group.
  std::function<void()> on_commit = {};
  std::size_t bytes = 0;   // of the request's body
  std::size_t events = 1;  // how much work it is
  // Brings more to be kept. Refused while the disk is known to be full: the last room is for
  // answers to the operator's questions and for what makes room.
  bool brings_more = false;
  // Its work gives no Problem but where something is broken. It runs without a mark to return to,
  // which would cost more than its rows; a Problem all the same makes its group run one by one.
  bool never_refuses = false;
  // Gives way: nothing waits for more than one such job, nor in one commit with it.
  bool in_background = false;
};

struct WriterCounts {
  std::uint64_t jobs = 0;     // run, whatever came of them
  std::uint64_t commits = 0;  // that went well
  std::uint64_t refused = 0;  // because the queue was full
  std::size_t waiting = 0;    // in the queue now
};

// Every member but the constructor, stop() and the destructor: any thread.
class Writer {
 public:
  // Nobody knows what the store holds any more; the process must end. On the writer's thread, once,
  // after everybody who waited was answered.
  using OnFatal = std::function<void(const Problem&)>;

  // `has_room` says whether a disk that was full has room again; asked after each commit that went
  // well since. Null: such a commit is proof enough.
  Writer(Surroundings surroundings, OnFatal on_fatal, std::function<bool()> has_room = nullptr);
  ~Writer();  // stop()
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The job's answer, once it is durable. `busy`: the queue is full or memory has run out, nothing
  // was done.
  // `shutting-down`: stop() was called or the store is lost, nothing was done. Else what the job
  // said, or what the commit failed with; `store-unknown-outcome` is the only one after which the
  // job may have happened all the same.
  std::future<Result<Json>> submit(WriteJob job);
  // The same, waited for. Never from the writer's own thread.
  Result<Json> run(WriteJob job);

  // Why nothing can be stored just now: a commit failed, and none went well since; after
  // `store-full` there must be room again, too.
  std::optional<Problem> trouble() const;
  WriterCounts counts() const;
  // True where a job that gives way to none waits for the one that is being run.
  bool is_awaited() const;

  // Refuses new jobs, runs those that wait, ends the thread. Again: nothing.
  void stop();

 private:
  struct Waiting {
    WriteJob job;
    std::promise<Result<Json>> promise;
  };
  using Group = std::vector<Waiting>;
  struct GroupRun {
    std::vector<Result<Json>> answers;  // as many as jobs
    std::optional<Problem> failure;     // the transaction's: none of the answers counts
    bool committed = false;             // neither: the only job failed, and nothing was stored
  };

  void work_until_stopped();
  void take_group(Group& group);  // empty: stopped
  // With the mutex held.
  void take_first(std::deque<Waiting>& queue, Group& group);
  std::size_t waiting() const;
  void run_group(Group& group);
  void run_alone(Group& group);
  GroupRun try_group(Group& group);
  GroupRun run_in_transaction(Group& group);
  bool is_lost() const;
  Result<Json> run_job(Transaction& transaction, const WriteJob& job, const LoadedPolicy& in_force);
  void finish(Group& group, GroupRun& run);
  void note_outcome(const std::optional<Problem>& failure);
  void refuse_all(const Problem& problem);

  Surroundings surroundings_;
  OnFatal on_fatal_;
  std::function<bool()> has_room_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_, background_;
  bool background_is_next_ = false;
  std::size_t queue_bytes_ = 0;
  bool stopping_ = false;
  std::optional<Problem> trouble_;
  WriterCounts counts_;
  std::thread thread_;
};

// True where nothing the store says can be trusted any more.
bool is_fatal(const Problem& problem);

}  // namespace truce
