#include "engine/app/migrations.h"

#include <algorithm>

#include "engine/app/ingestion.h"
#include "engine/app/migration_state.h"
#include "engine/app/trail.h"
#include "engine/core/policy/parse_policy.h"

namespace truce {
namespace {

// One piece holds the writer for a moment only.
constexpr std::size_t records_a_piece = 25;
constexpr std::size_t events_a_piece = 50;
constexpr std::size_t cleaned_a_piece = 200;

void note(Context& context, const MigrationState& state, const char* what) {
  write_audit(context, {"migration", {}, {}, {}, {{"migration", state.id},
                                                  {"what", what},
                                                  {"from", state.from_sha256},
                                                  {"to", state.to_sha256},
                                                  {"records", state.records}}});
}

Result<PolicyPtr> policy_of(const std::string& text) {
  PolicyReading reading = parse_policy(text);
  if (reading.policy) return reading.policy;
  return fail(Code::policy_value, "this version refuses a policy of the migration that is open");
}

Result<WayAndPolicy> way_between(ReadView& store, const MigrationState& state) {
  const bool is_back = state.kind == MigrationKind::undoing;
  const MigrationTexts texts = stored_texts(store);
  const auto before = policy_of(texts.before), after = policy_of(texts.after);
  if (!before || !after) return tl::unexpected(before ? after.error() : before.error());
  WayAndPolicy way{is_back ? *before : *after, is_back ? texts.before : texts.after, nullptr};
  if (!state.is_carrying()) return way;
  auto migrating = std::make_shared<Migrating>();
  migrating->id = state.id;
  migrating->from = is_back ? *after : *before;
  migrating->to = is_back ? *before : *after;
  migrating->course = is_back ? Course::back : Course::onwards;
  migrating->changes = schema_change(**before, **after, former_names(texts.before, texts.after)).entities;
  if (is_back) {
    for (auto& [entity, change] : migrating->changes) change = inverse(change);
  }
  way.migrating = std::move(migrating);
  return way;
}

Result<void> check_no_reconciliation(ReadView& store) {
  for (const RunState state : {RunState::open, RunState::running}) {
    const auto runs = store.list_runs({{}, state, 0, 1});
    if (runs.empty()) continue;
    return fail(Code::version_moved, "the reconciliation " + runs.front().id.text +
                                         " is not over; complete or abandon it first");
  }
  return {};
}

Result<void> check_can_begin(Context& context, const Policy& next) {
  if (const auto free = check_no_migration(context.store); !free) return free;
  if (next.sha256 == context.policy.sha256) {
    return fail(Code::version_moved, "this policy is in force already");
  }
  if (!context.store.goldens_not_of_policy(context.policy.sha256, 1).empty()) {
    return fail(Code::busy, "records are still being derived under the policy in force");
  }
  return check_no_reconciliation(context.store);
}

// Where the walk goes on behind an entity.
bool go_to_next_entity(const Migrating& migrating, MigrationState& state) {
  const auto next = migrating.changes.upper_bound(state.entity);
  if (next == migrating.changes.end()) return false;
  state.entity = next->first;
  state.place = {};
  return true;
}

void carry_one(Context& context, const MigrationState& state, SourceRecord source) {
  if (!source.golden.empty()) {
    load_state(context, source.golden);
  } else if (state.kind == MigrationKind::applying || state.was_carried(source)) {
    bring_along(context, source);
  }
}

bool carry_piece(Context& context, MigrationState& state) {
  const Migrating& migrating = *context.migrating;
  if (state.entity.empty() && !go_to_next_entity(migrating, state)) return false;
  const auto sources = context.store.sources_behind(state.entity, state.place, records_a_piece);
  for (const SourceRecord& source : sources) {
    // A record before it may have brought it along.
    auto fresh = context.store.find_source(source.system, source.entity, source.id);
    if (fresh) carry_one(context, state, std::move(*fresh));
    state.place = {source.system, source.id};
    ++state.records;
  }
  return sources.size() == records_a_piece || go_to_next_entity(migrating, state);
}

bool carry(Context& context, MigrationState& state) {
  // The process that put it into the store has not put it in force yet.
  if (!context.migrating) return false;
  if (!carry_piece(context, state)) {
    state.stage = MigrationStage::releasing;
    state.all_carried = state.kind == MigrationKind::applying;
    note(context, state, "carried");
  }
  put_state(context, state);
  return state.stage == MigrationStage::carrying;
}

bool release(Context& context, MigrationState& state) {
  // Until nobody works under it any more, events go on waiting.
  if (context.migrating) return false;
  const std::size_t released = release_migrated(context, events_a_piece);
  state.events += released;
  if (released < events_a_piece) {
    const bool is_back = state.kind == MigrationKind::undoing;
    state.kind = is_back ? MigrationKind::undone : MigrationKind::applied;
    state.stage = MigrationStage::done;
    note(context, state, is_back ? "undone" : "applied");
  }
  put_state(context, state);
  return released == events_a_piece;
}

bool clean_piece(Context& context, MigrationState& state, const Migrating& migrating) {
  if (state.entity.empty() && !go_to_next_entity(migrating, state)) return false;
  auto sources = context.store.sources_behind(state.entity, state.place, cleaned_a_piece);
  for (SourceRecord& source : sources) {
    state.place = {source.system, source.id};
    if (drop_set_aside(source)) context.store.put_source(source);
    if (!source.golden.empty()) {
      auto items = context.store.unanswered_exceptions_of(source.golden);
      close_read_refusals(context, source, items);
    }
    auto golden = context.store.find_golden(source.golden);
    if (golden && drop_set_aside(*golden)) context.store.put_golden(*golden);
  }
  return sources.size() == cleaned_a_piece || go_to_next_entity(migrating, state);
}

bool clean(Context& context, MigrationState& state) {
  // All entities of the policy, whatever changed in them.
  Migrating everything;
  for (const auto& [name, entity] : context.policy.entities) everything.changes[name];
  const bool more = clean_piece(context, state, everything);
  if (!more) {
    state.kind = MigrationKind::accepted;
    state.stage = MigrationStage::done;
    note(context, state, "accepted");
  }
  put_state(context, state);
  return more;
}

Result<MigrationState> state_of(ReadView& store, const std::string& id) {
  auto state = stored_state(store);
  if (state && state->id == id) return std::move(*state);
  const auto past = past_state(store, id);
  if (!past) return fail(Code::not_found, "there is no such migration");
  return fail(Code::already_settled,
              "the migration is " + std::string(to_string(past->kind)) + " already");
}

}  // namespace

Result<Json> begin_migration(Context& context, const PolicyPtr& next, const std::string& text,
                             WayAndPolicy& way) {
  if (const auto can = check_can_begin(context, *next); !can) return tl::unexpected(can.error());
  const std::string before = context.store.find_meta("policy").value_or("");
  SchemaChange change = schema_change(context.policy, *next, former_names(before, text));
  refuse_lost_entities(context.store, change);
  if (!change.problems.empty()) return tl::unexpected(change.problems.front());
  MigrationState state;
  state.id = context.ids.next("m");
  state.from_sha256 = context.policy.sha256;
  state.to_sha256 = next->sha256;
  state.by = context.actor;
  state.begun_at = context.now;
  put_texts(context, {before, text});
  put_state(context, state);
  auto found = way_between(context.store, state);
  if (!found) return tl::unexpected(found.error());
  way = std::move(*found);
  adopt(context, way);
  note(context, state, "begun");
  return render(state);
}

Result<Json> undo_migration(Context& context, const std::string& id, WayAndPolicy& way) {
  auto state = state_of(context.store, id);
  if (!state) return tl::unexpected(state.error());
  if (state->kind != MigrationKind::applying && state->kind != MigrationKind::applied) {
    return fail(Code::already_settled,
                "the migration is " + std::string(to_string(state->kind)) + " and stays so");
  }
  if (const auto free = check_no_reconciliation(context.store); !free) {
    return tl::unexpected(free.error());
  }
  state->begin_again(MigrationKind::undoing);
  put_state(context, *state);
  auto found = way_between(context.store, *state);
  if (!found) return tl::unexpected(found.error());
  way = std::move(*found);
  adopt(context, way);
  note(context, *state, "undo begun");
  return render(*state);
}

Result<Json> accept_migration(Context& context, const std::string& id) {
  auto state = state_of(context.store, id);
  if (!state) return tl::unexpected(state.error());
  if (state->kind != MigrationKind::applied) {
    return fail(state->kind == MigrationKind::applying ? Code::busy : Code::already_settled,
                "the migration is " + std::string(to_string(state->kind)) +
                    "; only an applied one is accepted");
  }
  state->begin_again(MigrationKind::accepting);
  put_state(context, *state);
  note(context, *state, "accept begun");
  return render(*state);
}

bool work_on_migration(Context& context) {
  auto state = stored_state(context.store);
  if (!state || !state->is_open()) return false;
  if (state->kind == MigrationKind::accepting) return clean(context, *state);
  switch (state->stage) {
    case MigrationStage::carrying:
      return carry(context, *state);
    case MigrationStage::releasing:
      return release(context, *state);
    case MigrationStage::done:
      return false;
  }
  return false;
}

bool is_migration_open(ReadView& store) {
  const auto state = stored_state(store);
  return state && state->is_open();
}

Result<void> check_no_migration(ReadView& store) {
  const auto state = stored_state(store);
  if (!state || !state->is_open()) return {};
  return fail(Code::version_moved, "the migration " + state->id + " is " +
                                       std::string(to_string(state->kind)) +
                                       "; accept or undo it first");
}

Result<std::optional<WayAndPolicy>> way_of_migration(ReadView& store) {
  const auto state = stored_state(store);
  if (!state || !state->is_open()) return std::nullopt;
  auto way = way_between(store, *state);
  if (!way) return tl::unexpected(way.error());
  return std::optional(std::move(*way));
}

bool is_carrying(ReadView& store) {
  const auto state = stored_state(store);
  return state && state->is_carrying();
}

bool awaits_carrying(Context& context, const SourceRecord& source) {
  const auto state = stored_state(context.store);
  if (!state || !state->is_carrying() || state->has_passed(source)) return false;
  return state->kind == MigrationKind::applying || state->was_carried(source);
}

Result<Json> read_migration(ReadView& store, const std::string& id) {
  const auto state = past_state(store, id);
  if (!state) return fail(Code::not_found, "there is no such migration");
  return render(*state);
}

Json list_migrations(ReadView& store) {
  Json all = Json::array();
  for (const MigrationState& state : stored_states(store)) all.push_back(render(state));
  return {{"migrations", std::move(all)}};
}

}  // namespace truce
