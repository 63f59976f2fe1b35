// truce migrate
#include <unistd.h>

#include <iostream>
#include <thread>

#include "engine/app/migration_plan.h"
#include "engine/app/migrations.h"
#include "engine/app/sweep.h"
#include "engine/core/policy/source_text.h"
#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"
#include "sidecar/cli/migration_text.h"
#include "sidecar/cli/open_engine.h"
#include "sidecar/cli/policy_file.h"

namespace truce::cli {

namespace {

constexpr const char* actor = "truce migrate";
constexpr std::chrono::milliseconds between_polls{200};

struct MigrateOptions {
  Access access;
  std::string before_path;
  std::string after_path;
  bool apply = false;
  bool accept = false;
  bool undo = false;
  bool json = false;

  bool changes_something() const { return apply || accept || undo; }
  bool has_records() const { return !access.db.empty() || !access.url.empty(); }
};

struct Policies {
  PolicyFile before, after;
};

Result<PolicyFile> read_policy(const std::string& path) {
  Result<PolicyFile> file = read_policy_file(path);
  if (!file || file->reading.policy != nullptr) return file;
  print_findings(file->reading.findings, path, std::cerr);
  return fail(Code::policy_file, path + " is no policy that works");
}

Json content_of(const std::string& text) {
  const auto tree = policy_file::read_source(text);
  return tree ? policy_file::to_json(*tree) : Json(nullptr);
}

// Comments and spaces make no other policy.
Result<void> check_in_force(const std::string& in_force, const std::string& expected,
                            const std::string& path) {
  if (in_force == expected || content_of(in_force) == content_of(expected)) return {};
  return fail(Code::version_moved, "the policy in force is not the one in " + path);
}

// Migrations as they are reached: a running sidecar, or a database that nobody else has open.
class Place {
 public:
  virtual ~Place() = default;
  virtual Result<std::string> policy_in_force() = 0;
  virtual Result<Json> plan(const Policies& policies) = 0;
  virtual Result<Json> begin(const Policies& policies) = 0;
  virtual Result<Json> undo(const std::string& id) = 0;
  virtual Result<Json> accept(const std::string& id) = 0;
  virtual Result<Json> list() = 0;
  // Lets it go on for a moment; how it stands then.
  virtual Result<Json> go_on(const std::string& id) = 0;
};

class RunningSidecar final : public Place {
 public:
  explicit RunningSidecar(const Access& access) : access_(access) {}

  Result<std::string> policy_in_force() override {
    const Result<Json> answer = ask_for_json(access_, "GET", "/v1/policy");
    if (!answer) return tl::unexpected<Problem>(answer.error());
    return text_at(*answer, "text");
  }
  Result<Json> plan(const Policies& policies) override { return post(policies, "plan"); }
  Result<Json> begin(const Policies& policies) override { return post(policies, "apply"); }
  Result<Json> undo(const std::string& id) override {
    return ask_for_json(access_, "POST", "/v1/migrations/" + escaped(id) + "/undo", "{}");
  }
  Result<Json> accept(const std::string& id) override {
    return ask_for_json(access_, "POST", "/v1/migrations/" + escaped(id) + "/accept", "{}");
  }
  Result<Json> list() override { return ask_for_json(access_, "GET", "/v1/migrations"); }
  Result<Json> go_on(const std::string& id) override {
    std::this_thread::sleep_for(between_polls);
    return ask_for_json(access_, "GET", "/v1/migrations/" + escaped(id));
  }

 private:
  Result<Json> post(const Policies& policies, const char* mode) {
    return ask_for_json(access_, "POST", "/v1/migrations",
                        to_wire(Json{{"policy", policies.after.text}, {"mode", mode}}));
  }

  const Access& access_;
};

class Database final : public Place {
 public:
  explicit Database(Engine& engine) : engine_(engine) {}

  Result<std::string> policy_in_force() override { return engine_.policy->get().text; }

  Result<Json> plan(const Policies& policies) override {
    const LoadedPolicy in_force = engine_.policy->get();
    MigrationPlan plan(in_force.policy, in_force.text, policies.after.reading.policy,
                       policies.after.text, &engine_.transforms);
    bool more = true;
    while (more) {
      const Result<Json> looked = read_once(engine_, [&](Reader& reader) -> Result<Json> {
        if (is_carrying(reader.store)) {
          return fail(Code::busy, "records are being migrated; repeat what was interrupted first");
        }
        return Json(plan.look_on(reader));
      });
      if (!looked) return looked;
      more = looked->get<bool>();
    }
    return plan.json();
  }

  Result<Json> begin(const Policies& policies) override {
    // What a server would do first: records that wait to be derived under the policy in force.
    Result<Json> swept = Json(true);
    while (swept && swept->get<bool>()) swept = sweep_once();
    if (!swept) return swept;
    return change_way([&](Context& context, WayAndPolicy& way) {
      return begin_migration(context, policies.after.reading.policy, policies.after.text, way);
    });
  }

  Result<Json> undo(const std::string& id) override {
    return change_way([&](Context& context, WayAndPolicy& way) {
      return undo_migration(context, id, way);
    });
  }

  Result<Json> accept(const std::string& id) override {
    return run_once(engine_, actor,
                    [&](Context& context) { return accept_migration(context, id); });
  }

  Result<Json> list() override {
    return read_once(engine_, [](Reader& reader) -> Result<Json> {
      return list_migrations(reader.store);
    });
  }

  Result<Json> go_on(const std::string& id) override {
    const Result<Json> swept = sweep_once();
    if (!swept) return swept;
    const LoadedPolicy in_force = engine_.policy->for_work();
    return read_once(engine_, [&](Reader& reader) -> Result<Json> {
      if (!is_carrying(reader.store)) engine_.policy->arrive(in_force.migrating.get());
      return read_migration(reader.store, id);
    });
  }

 private:
  Result<Json> sweep_once() {
    return run_once(engine_, actor,
                    [](Context& context) -> Result<Json> { return Json(sweep(context)); });
  }

  Result<Json> change_way(const std::function<Result<Json>(Context&, WayAndPolicy&)>& work) {
    WayAndPolicy way;
    Result<Json> begun =
        run_once(engine_, actor, [&](Context& context) { return work(context, way); });
    if (begun) engine_.policy->put({way.policy, way.text, way.migrating});
    return begun;
  }

  Engine& engine_;
};

// The last migration, or null.
Result<Json> last_migration(Place& place) {
  const Result<Json> list = place.list();
  if (!list) return list;
  const Json* migrations = find_member(*list, "migrations");
  return migrations && !migrations->empty() ? migrations->front() : Json(nullptr);
}

// What was begun and interrupted is what is asked for.
bool is_under_way(const Json& last, const MigrateOptions& options, const Policies& policies) {
  const std::string state = last.is_null() ? "" : text_at(last, "state");
  if (options.undo) return state == "undoing";
  if (options.accept) return state == "accepting";
  return state == "applying" && text_at(last, "to") == policies.after.reading.policy->sha256;
}

Result<Json> start(Place& place, const MigrateOptions& options, const Policies& policies) {
  const Result<Json> last = last_migration(place);
  if (!last || is_under_way(*last, options, policies)) return last;
  if (options.apply) {
    const auto in_force = place.policy_in_force();
    if (!in_force) return tl::unexpected<Problem>(in_force.error());
    const auto checked = check_in_force(*in_force, policies.before.text, options.before_path);
    if (!checked) return tl::unexpected<Problem>(checked.error());
    return place.begin(policies);
  }
  if (last->is_null()) return fail(Code::not_found, "there is no migration");
  return options.undo ? place.undo(text_at(*last, "id")) : place.accept(text_at(*last, "id"));
}

Result<Json> work_through(Place& place, const MigrateOptions& options, const Policies& policies) {
  Result<Json> state = start(place, options, policies);
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  while (state && text_at(*state, "stage") != "done") {
    if (shows_progress) std::cerr << '\r' << progress_line(*state) << std::flush;
    state = place.go_on(text_at(*state, "id"));
  }
  if (shows_progress) std::cerr << "\r\033[K";
  return state;
}

Result<Json> plan(Place* place, const MigrateOptions& options, const Policies& policies) {
  if (place == nullptr) {
    return MigrationPlan(policies.before.reading.policy, policies.before.text,
                         policies.after.reading.policy, policies.after.text, nullptr)
        .json();
  }
  const auto in_force = place->policy_in_force();
  if (!in_force) return tl::unexpected<Problem>(in_force.error());
  const auto checked = check_in_force(*in_force, policies.before.text, options.before_path);
  if (!checked) return tl::unexpected<Problem>(checked.error());
  return place->plan(policies);
}

int finish(const MigrateOptions& options, const Result<Json>& answer) {
  if (!answer) return told(answer.error());
  if (options.json) std::cout << to_wire(*answer) << "\n";
  if (options.changes_something()) {
    if (!options.json) std::cout << state_lines(*answer);
    return exit_done;
  }
  if (!options.json) std::cout << plan_lines(*answer, options.has_records());
  return loses_something(*answer) ? exit_found : exit_done;
}

int run(const MigrateOptions& options) {
  if (options.has_records() || options.changes_something()) {
    const Result<void> checked = check_access(options.access);
    if (!checked) return told(checked.error());
  }
  Result<PolicyFile> before = read_policy(options.before_path);
  if (!before) return told(before.error());
  Result<PolicyFile> after = read_policy(options.after_path);
  if (!after) return told(after.error());
  const Policies policies{*std::move(before), *std::move(after)};
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Place> place;
  if (!options.access.url.empty()) {
    place = std::make_unique<RunningSidecar>(options.access);
  } else if (!options.access.db.empty()) {
    Result<std::unique_ptr<Engine>> opened = open_engine(options.access.db);
    if (!opened) return told(opened.error());
    engine = *std::move(opened);
    place = std::make_unique<Database>(*engine);
  }
  return finish(options, options.changes_something() ? work_through(*place, options, policies)
                                                     : plan(place.get(), options, policies));
}

}  // namespace

void add_migrate(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "migrate", "Say what another policy does to the stored records, do it, undo or accept it");
  const auto options = std::make_shared<MigrateOptions>();
  command->add_option("OLD", options->before_path, "The policy in force")->required();
  command->add_option("NEW", options->after_path, "The policy to come")->required();
  auto* apply = command->add_flag("--apply", options->apply, "Do it; it can be undone");
  auto* accept =
      command->add_flag("--accept", options->accept, "It stays: drop what undoing would need");
  auto* undo = command->add_flag("--undo", options->undo, "Back to OLD");
  apply->excludes(accept)->excludes(undo);
  accept->excludes(undo);
  command->add_flag("--json", options->json, "One JSON document instead of lines");
  add_access(*command, options->access);
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace truce::cli
