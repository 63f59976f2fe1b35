#include "engine/app/reconcile/pieces.h"

#include "engine/app/reconcile/piece_parts.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

constexpr std::size_t rows_a_tidying = 2'000;
constexpr std::size_t runs_a_look = 100;

void end_run(Context& context, Reconciliation& run, RunState state, const std::string& problem) {
  run.state = state;
  run.ended_at = context.now;
  run.problem = problem;
  Json body{{"run", run.id.text}, {"step", "end"}, {"report", render(run)}};
  if (state == RunState::done) {
    run.stage = RunStage::done;
    // What is as it was agrees as it did.
    run.counts.matched += context.store.count_same(run.id);
    body["report"] = render(run);
  }
  write_audit(context, {"reconciliation", run.entity, {}, {}, std::move(body)});
}

std::optional<std::string> missing_from(const Policy& policy, const Reconciliation& run) {
  if (!policy.entity(run.entity))
    return "the policy has no entity '" + run.entity.text + "' any more";
  for (const auto& [name, snapshot] : run.systems) {
    if (!policy.system(name)) return "the policy has no system '" + name.text + "' any more";
  }
  return std::nullopt;
}

std::set<std::uint64_t> numbers_of(const Piece* piece) {
  std::set<std::uint64_t> numbers;
  if (!piece) return numbers;
  for (const Component& component : piece->components) {
    for (const ReadStaged& record : component) numbers.insert(record.staged.number);
  }
  return numbers;
}

void take_components(Context& context, Reconciliation& run,
                     const std::vector<Component>& components, std::size_t& taken,
                     const BreaksOff& breaks_off) {
  std::size_t records = 0;
  while (taken < components.size()) {
    take_component(context, run, components[taken]);
    records += components[taken++].size();
    if (breaks_off(records)) return;
  }
}

// True when there is more to clear at once.
bool clear(Context& context, Reconciliation& run) {
  if (!run.is_cleared) {
    if (context.store.forget_staged(run.id, rows_a_tidying) == rows_a_tidying) return true;
    run.is_cleared = true;
    context.store.put_run(run);
  }
  if (*run.ended_at + run_kept >= context.now) return false;
  if (context.store.forget_discrepancies(run.id, rows_a_tidying) == rows_a_tidying) return true;
  context.store.forget_run(run.id);
  return false;
}

}  // namespace

Piece next_piece(ReadView& store, const EventReader& reader, const Reconciliation& run,
                 const Piece* in_work) {
  Piece piece{run.id, run.stage, reader.policy.sha256, {}, {}, {}};
  if (missing_from(reader.policy, run)) return piece;
  if (run.stage == RunStage::keys) {
    piece.keys = next_keys(store, run);
    return piece;
  }
  // How far absences can be believed has to be known before the first of them is taken.
  piece.absent = count_absent(store, reader.policy, run);
  if (piece.absent.counted) return piece;
  if (run.stage == RunStage::records) {
    piece.components = next_components(store, reader, run, numbers_of(in_work));
  }
  if (run.stage == RunStage::absences) piece.absent = next_absent(store, run);
  return piece;
}

PieceResult take_piece(Context& context, const Piece& piece) {
  std::size_t taken = 0;
  return take_piece(context, piece, taken, [](std::size_t) { return false; });
}

PieceResult take_piece(Context& context, const Piece& piece, std::size_t& taken,
                       const BreaksOff& breaks_off) {
  auto run = context.store.find_run(piece.run);
  const bool is_its_turn = run && run->state == RunState::running && run->stage == piece.stage;
  if (!is_its_turn || piece.policy_sha256 != context.policy.sha256) return PieceResult::left_alone;
  context.writes_nothing = run->mode == RunMode::link;
  if (const auto missing = missing_from(context.policy, *run)) {
    end_run(context, *run, RunState::failed, *missing);
  } else if (run->stage == RunStage::keys) {
    take_keys(context, *run, piece.keys, taken, breaks_off);
  } else if (piece.absent.counted) {
    run->systems.at(piece.absent.system).absent = piece.absent.counted;
  } else if (run->stage == RunStage::records) {
    take_components(context, *run, piece.components, taken, breaks_off);
    if (piece.components.empty()) run->stage = RunStage::absences;
  } else if (piece.absent.system.empty()) {
    end_run(context, *run, RunState::done, {});
  } else {
    take_absent(context, *run, piece.absent);
  }
  context.store.put_run(*run);
  const std::size_t all = piece.keys.size() + piece.components.size();
  return taken < all ? PieceResult::interrupted : PieceResult::taken;
}

void fail_run(Context& context, const RunId& id, const std::string& problem) {
  auto run = context.store.find_run(id);
  if (!run || run->state != RunState::running) return;
  end_run(context, *run, RunState::failed, problem);
  context.store.put_run(*run);
}

std::optional<Reconciliation> next_run(ReadView& store) {
  RunFilter filter;
  filter.state = RunState::running;
  filter.limit = 1;
  auto runs = store.list_runs(filter);
  if (runs.empty()) return std::nullopt;
  return std::move(runs.front());
}

bool tidy_runs(Context& context) {
  RunFilter filter;
  filter.limit = runs_a_look;
  for (auto runs = context.store.list_runs(filter); !runs.empty();
       runs = context.store.list_runs(filter)) {
    for (Reconciliation& run : runs) {
      if (run.state == RunState::open && run.touched_at + run_open_max < context.now) {
        end_run(context, run, RunState::expired, "nothing came for 24 hours");
        context.store.put_run(run);
      }
      if (run.ended_at && clear(context, run)) return true;
    }
    filter.after = runs.back().sequence;
  }
  return false;
}

}  // namespace truce
