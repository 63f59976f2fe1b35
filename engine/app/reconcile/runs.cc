#include "engine/app/reconcile/runs.h"

#include "engine/app/known_names.h"
#include "engine/app/trail.h"
#include "engine/core/reconcile/compare.h"

namespace truce {
namespace {

constexpr std::int64_t max_creates_max = 1'000'000'000;

Result<Reconciliation> find_run(ReadView& store, const RunId& id) {
  auto run = store.find_run(id);
  if (!run) return fail(Code::not_found, "there is no such reconciliation");
  return std::move(*run);
}

Result<std::vector<SystemName>> read_systems(const Json& body, const char* key) {
  std::vector<SystemName> systems;
  const Json* list = find_member(body, key);
  const std::string pointer = pointer_join("", key);
  if (!list || list->is_null()) return systems;
  if (!list->is_array()) return fail(Code::schema, "expected an array of systems", pointer);
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& name = (*list)[i];
    if (!name.is_string()) {
      return fail(Code::schema, "a system's name is text", pointer + '/' + std::to_string(i));
    }
    systems.emplace_back(name.get<std::string>());
  }
  return systems;
}

Result<void> read_mode(const Json& body, Reconciliation& run) {
  if (const Json* mode = find_member(body, "mode"); mode && !mode->is_null()) {
    const auto known = run_mode_from(scalar_text(*mode).value_or(""));
    if (!known) return fail(Code::schema, "'mode' is one of apply, plan, link", "/mode");
    run.mode = *known;
  }
  const Json* most = find_member(body, "max_creates");
  if (!most || most->is_null()) return {};
  const auto count = to_int64(*most);
  if (!count || *count < 0 || *count > max_creates_max) {
    return fail(Code::number_out_of_range, "a whole number from 0", "/max_creates");
  }
  run.max_creates = static_cast<std::uint64_t>(*count);
  return {};
}

// Every system of the run has a part in the entity, and its records' ids can be found.
Result<void> name_systems(const Policy& policy, const Entity& entity, const Json& body,
                          Reconciliation& run) {
  const auto systems = read_systems(body, "systems");
  if (!systems) return tl::unexpected(systems.error());
  if (systems->empty()) {
    return fail(Code::required, "name the systems whose records are compared", "/systems");
  }
  for (std::size_t i = 0; i < systems->size(); ++i) {
    const SystemName& name = (*systems)[i];
    const std::string pointer = "/systems/" + std::to_string(i);
    if (!policy.system(name)) return tl::unexpected(unknown_system(policy, name, pointer));
    if (!has_part(entity, name)) {
      return fail(Code::unknown_system,
                  "the policy maps no field of '" + shown(entity.name.text) + "' in '" +
                      shown(name.text) + "'",
                  pointer);
    }
    run.systems.emplace(name, SystemSnapshot{});
  }
  return {};
}

// One row of the trail for each step of a run.
void note_step(Context& context, const Reconciliation& run, const char* step) {
  write_audit(context, {"reconciliation",
                        run.entity,
                        {},
                        {},
                        {{"run", run.id.text}, {"step", step}, {"policy", context.policy.sha256}}});
}

Json counts_json(const std::map<std::string, std::uint64_t>& counts) {
  Json node = Json::object();
  for (const auto& [name, count] : counts) node[name] = count;
  return node;
}

Json systems_json(const Reconciliation& run) {
  Json systems = Json::object();
  for (const auto& [name, snapshot] : run.systems) {
    Json& node = systems[name.text] = {{"pages", snapshot.pages},
                                       {"records", snapshot.records},
                                       {"unreadable", snapshot.unreadable},
                                       {"complete", snapshot.complete}};
    if (snapshot.absent) node["absent"] = *snapshot.absent;
  }
  return systems;
}

Json time_or_null(const std::optional<Time>& time) {
  return time ? Json(to_rfc3339(*time)) : Json();
}

// `rows` were read with one more than `limit`.
template <class Row, class NumberOf>
Json listed(const char* name, std::vector<Row> rows, std::size_t limit, const NumberOf& number_of) {
  const bool more = rows.size() > limit;
  if (more) rows.resize(limit);
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(render(row));
  return {{name, std::move(list)},
          {"next", more ? Json(std::to_string(number_of(rows.back()))) : Json()}};
}

}  // namespace

Json render(const Reconciliation& run) {
  const RunCounts& counts = run.counts;
  Json causes_by_system = Json::object();
  for (const auto& [system, causes] : counts.causes_by_system) {
    causes_by_system[system] = counts_json(causes);
  }
  Json report{{"id", run.id.text},
              {"entity", run.entity.text},
              {"state", std::string(to_string(run.state))},
              {"mode", std::string(to_string(run.mode))},
              {"systems", systems_json(run)},
              {"matched", counts.matched},
              {"different", counts.different},
              {"missing", counts.missing},
              {"only", counts.only},
              {"excluded", counts.excluded},
              {"ambiguous", counts.ambiguous},
              {"auto_resolved", counts_json(counts.auto_resolved)},
              {"escalated", counts_json(counts.escalated)},
              {"held", counts.held},
              {"deliveries", counts.deliveries},
              {"causes", counts_json(counts.causes)},
              {"causes_by_system", std::move(causes_by_system)},
              {"discrepancies", counts.discrepancies},
              {"linked", counts.linked},
              {"creates", counts.creates},
              {"creates_withheld", counts.creates_withheld},
              {"max_creates", run.max_creates ? Json(*run.max_creates) : Json()},
              {"compared", run.compared},
              {"actor", run.actor},
              {"opened_at", to_rfc3339(run.opened_at)},
              {"completed_at", time_or_null(run.completed_at)},
              {"ended_at", time_or_null(run.ended_at)}};
  if (run.state == RunState::open) report["expires_at"] = to_rfc3339(run.touched_at + run_open_max);
  if (!run.problem.empty()) report["problem"] = run.problem;
  return report;
}

Json render(const Discrepancy& discrepancy) {
  Json node = discrepancy.detail;
  node["number"] = discrepancy.number;
  node["kind"] = std::string(to_string(discrepancy.kind));
  node["cause"] = std::string(to_string(discrepancy.cause));
  node["result"] = std::string(to_string(discrepancy.resolution));
  node["system"] = discrepancy.system.empty() ? Json() : Json(discrepancy.system.text);
  node["golden_id"] = discrepancy.golden.empty() ? Json() : Json(discrepancy.golden.text);
  return node;
}

Result<Json> open_run(Context& context, const Json& body) {
  if (context.migrating) {
    return fail(Code::busy, "the records are being migrated; open it when that has ended");
  }
  const Json* name = find_member(body, "entity");
  if (!name || !name->is_string()) {
    return fail(Code::required, "name the entity that is compared", "/entity");
  }
  const EntityName asked(name->get<std::string>());
  const Entity* entity = context.policy.entity(asked);
  if (!entity) return tl::unexpected(unknown_entity(context.policy, asked, "/entity"));
  Reconciliation run;
  run.entity = entity->name;
  if (const auto read = read_mode(body, run); !read) return tl::unexpected(read.error());
  if (const auto named = name_systems(context.policy, *entity, body, run); !named) {
    return tl::unexpected(named.error());
  }
  run.id = RunId(context.ids.next("r"));
  run.actor = context.actor;
  run.opened_at = context.now;
  run.touched_at = context.now;
  context.store.put_run(run);
  note_step(context, run, "open");
  return render(run);
}

Result<Json> complete_run(Context& context, const RunId& id, const Json& body) {
  auto run = find_run(context.store, id);
  if (!run) return tl::unexpected(run.error());
  if (run->state == RunState::running || run->state == RunState::done) return render(*run);
  if (run->state != RunState::open) {
    return fail(Code::already_settled,
                "the reconciliation is " + std::string(to_string(run->state)));
  }
  const auto complete = read_systems(body, "complete");
  if (!complete) return tl::unexpected(complete.error());
  for (std::size_t i = 0; i < complete->size(); ++i) {
    const auto system = run->systems.find((*complete)[i]);
    if (system == run->systems.end()) {
      return fail(Code::unknown_system,
                  "'" + shown((*complete)[i].text) + "' is not a system of this reconciliation",
                  "/complete/" + std::to_string(i));
    }
    system->second.complete = true;
    // No page at all is an empty answer.
    if (!system->second.first_observed_at) system->second.first_observed_at = run->opened_at;
  }
  run->state = RunState::running;
  run->completed_at = context.now;
  context.store.put_run(*run);
  note_step(context, *run, "complete");
  return render(*run);
}

Result<Json> abandon_run(Context& context, const RunId& id) {
  auto run = find_run(context.store, id);
  if (!run) return tl::unexpected(run.error());
  if (run->state != RunState::open && run->state != RunState::running) return render(*run);
  run->state = RunState::abandoned;
  run->ended_at = context.now;
  context.store.put_run(*run);
  note_step(context, *run, "abandon");
  return render(*run);
}

Result<Json> read_run(ReadView& store, const RunId& id) {
  const auto run = find_run(store, id);
  if (!run) return tl::unexpected(run.error());
  return render(*run);
}

Result<Json> list_runs(ReadView& store, RunFilter filter) {
  const std::size_t limit = filter.limit++;
  return listed("reconciliations", store.list_runs(filter), limit,
                [](const Reconciliation& run) { return run.sequence; });
}

Result<Json> list_discrepancies(ReadView& store, const RunId& id, DiscrepancyFilter filter) {
  const auto run = find_run(store, id);
  if (!run) return tl::unexpected(run.error());
  const std::size_t limit = filter.limit++;
  return listed("discrepancies", store.list_discrepancies(id, filter), limit,
                [](const Discrepancy& row) { return row.number; });
}

}  // namespace truce
