#include "engine/runtime/reconciler.h"

#include <new>

namespace truce {
namespace {

constexpr std::chrono::seconds between_tidyings{60};
// Nobody else has written for so long: nobody waits for a large piece.
constexpr std::chrono::milliseconds alone_after{500};
// Of one piece, one after the other: then its run is given up.
constexpr int failures_max = 5;

}  // namespace

Reconciler::Reconciler(Surroundings surroundings, Writer& writer, std::chrono::milliseconds period)
    : surroundings_(surroundings), writer_(writer), period_(period) {
  thread_ = std::thread([this] { work_until_stopped(); });
}

Reconciler::~Reconciler() { stop(); }

void Reconciler::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

std::uint64_t Reconciler::ended() {
  const std::lock_guard lock(mutex_);
  return ended_;
}

bool Reconciler::wait_for_end(std::uint64_t so_far,
                              std::chrono::steady_clock::time_point patience) {
  std::unique_lock lock(mutex_);
  return run_ended_.wait_until(lock, patience, [&] { return ended_ > so_far || stopping_; }) &&
         !stopping_;
}

void Reconciler::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
    run_ended_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

bool Reconciler::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Reconciler::work_until_stopped() {
  do {
    try {
      work_on_runs();
      tidy();
    } catch (const std::bad_alloc&) {
      // What this round has not done the next one does.
    }
  } while (wait());
}

void Reconciler::work_on_runs() {
  while (!is_stopping() && do_one_piece()) {
  }
}

std::size_t Reconciler::records_of_a_piece() {
  const WriterCounts counts = writer_.counts();
  const auto now = std::chrono::steady_clock::now();
  if (counts.jobs > jobs_seen_ + 1 || counts.waiting > 1) others_wrote_at_ = now;
  jobs_seen_ = counts.jobs;
  return now - others_wrote_at_ > alone_after ? large_piece_records : piece_records;
}

std::shared_ptr<const Piece> Reconciler::read_piece(const Piece* in_work) {
  const PolicyPtr policy = surroundings_.policy.policy();
  const std::unique_ptr<ReadView> view = surroundings_.store.read();
  const auto run = next_run(*view);
  if (!run || (in_work && in_work->run != run->id)) return nullptr;
  auto piece = std::make_shared<const Piece>(
      next_piece(*view, {*policy, surroundings_.transforms, surroundings_.secrets}, *run, in_work,
                 records_of_a_piece()));
  return view->failure() ? nullptr : piece;
}

bool Reconciler::do_one_piece() {
  const auto piece = read_ ? std::move(read_) : read_piece(nullptr);
  read_ = nullptr;
  if (!piece) return false;
  WriteJob job;
  job.actor = "truce";
  job.events = piece_records;
  job.never_refuses = true;  // it sets marks of its own
  job.brings_more = true;
  job.work = [piece](Context& context) -> Result<Json> {
    const PieceResult result = take_piece(context, *piece);
    const auto run = context.store.find_run(piece->run);
    return Json{{"taken", result == PieceResult::taken},
                {"ended", !run || run->ended_at.has_value()}};
  };
  auto answer = writer_.submit(std::move(job));
  try {
    if (!piece->components.empty()) read_ = read_piece(piece.get());
  } catch (const std::bad_alloc&) {
    answer.wait();  // or the next round would read the same piece again
    throw;
  }
  const Result<Json> done = answer.get();
  if (!done || !done->value("taken", false)) read_ = nullptr;
  if (!done) return give_up_after(piece->run, done.error());
  failures_ = 0;
  if (done->value("ended", false)) tell_end();
  return true;
}

void Reconciler::tell_end() {
  const std::lock_guard lock(mutex_);
  ++ended_;
  run_ended_.notify_all();
}

bool Reconciler::give_up_after(const RunId& run, const Problem& problem) {
  // Anything else is the store's or the machine's, and passes.
  if (problem.code != Code::internal || ++failures_ < failures_max) return false;
  failures_ = 0;
  WriteJob job;
  job.actor = "truce";
  job.work = [&](Context& context) -> Result<Json> {
    fail_run(context, run, problem.message);
    return Json();
  };
  if (!writer_.run(std::move(job))) return false;
  tell_end();
  return true;
}

void Reconciler::tidy() {
  const auto now = std::chrono::steady_clock::now();
  if (now < tidy_due_at_) return;
  bool more = true;
  while (more && !is_stopping()) {
    WriteJob job;
    job.actor = "truce";
    job.work = [](Context& context) -> Result<Json> { return Json(tidy_runs(context)); };
    const Result<Json> done = writer_.run(std::move(job));
    more = done && done->get<bool>();
  }
  tidy_due_at_ = now + between_tidyings;
}

bool Reconciler::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, period_, [this] { return stopping_ || woken_; });
  woken_ = false;
  return !stopping_;
}

}  // namespace truce
