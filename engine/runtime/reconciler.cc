#include "engine/runtime/reconciler.h"

#include <new>

#include "engine/runtime/low_priority.h"

namespace truce {
namespace {

constexpr std::chrono::seconds between_tidyings{60};
// So many are taken although an event waits, or a busy fast loop would let no run end.
constexpr std::size_t records_before_a_break = 16;
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
  lower_priority_of_this_thread();
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

std::shared_ptr<const Piece> Reconciler::read_piece(const Piece* in_work) {
  const PolicyPtr policy = surroundings_.policy.policy();
  const std::unique_ptr<ReadView> view = surroundings_.store.read();
  const auto run = next_run(*view);
  if (!run || (in_work && in_work->run != run->id)) return nullptr;
  auto piece = std::make_shared<const Piece>(
      next_piece(*view, {*policy, surroundings_.transforms, surroundings_.secrets}, *run, in_work));
  return view->failure() ? nullptr : piece;
}

std::future<Result<Json>> Reconciler::submit(const std::shared_ptr<const Piece>& piece,
                                             std::size_t taken) {
  WriteJob job;
  job.actor = "truce";
  job.events = records_before_a_break;
  job.never_refuses = true;  // it sets marks of its own
  job.brings_more = true;
  job.in_background = true;
  job.work = [this, piece, taken](Context& context) -> Result<Json> {
    std::size_t so_far = taken;
    const PieceResult result = take_piece(context, *piece, so_far, [this](std::size_t records) {
      return records >= records_before_a_break && writer_.is_awaited();
    });
    const auto run = context.store.find_run(piece->run);
    return Json{{"left_alone", result == PieceResult::left_alone},
                {"interrupted", result == PieceResult::interrupted},
                {"taken", so_far},
                {"ended", !run || run->ended_at.has_value()}};
  };
  return writer_.submit(std::move(job));
}

bool Reconciler::do_one_piece() {
  const auto piece = read_ ? std::move(read_) : read_piece(nullptr);
  read_ = nullptr;
  if (!piece) return false;
  auto answer = submit(piece, 0);
  try {
    if (!piece->components.empty()) read_ = read_piece(piece.get());
  } catch (const std::bad_alloc&) {
    answer.wait();  // or the next round would read the same piece again
    throw;
  }
  Result<Json> done = answer.get();
  while (done && done->value("interrupted", false)) {
    if (is_stopping()) return false;
    done = submit(piece, done->at("taken").get<std::size_t>()).get();
  }
  if (!done || done->value("left_alone", true)) read_ = nullptr;
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
    job.in_background = true;
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
