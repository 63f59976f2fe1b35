#include "sidecar/cli/sidecar.h"

#include <sys/statvfs.h>

#include <filesystem>

#include "engine/app/migrations.h"
#include "engine/app/policy_admin.h"
#include "engine/app/sweep.h"
#include "engine/app/trail.h"
#include "engine/store/memory/memory_store.h"
#include "sidecar/api/policy_refusal.h"
#include "sidecar/http/token_file.h"
#include "sidecar/log.h"
#include "sidecar/private_file.h"
#include "sidecar/version.h"

namespace truce::cli {

namespace {

constexpr std::chrono::milliseconds sweep_period{250};
// More than what the store's ballast gives when it is dropped.
constexpr std::uint64_t room_bytes_min = std::uint64_t{3} << 19U;

std::function<bool()> room_beside(const std::string& db) {
  std::string folder = std::filesystem::path(db).parent_path().string();
  if (folder.empty()) folder = ".";
  return [folder] {
    struct statvfs status {};
    if (statvfs(folder.c_str(), &status) != 0) return true;
    return std::uint64_t{status.f_bavail} * status.f_frsize >= room_bytes_min;
  };
}

Result<std::vector<Endpoint>> endpoints_of(const std::vector<std::string>& listen) {
  std::vector<Endpoint> endpoints;
  for (const std::string& text : listen) {
    const Result<Endpoint> endpoint = parse_endpoint(text);
    if (!endpoint) return tl::unexpected<Problem>(endpoint.error());
    endpoints.push_back(*endpoint);
    // "localhost" and the plain loopback address mean this machine in both families, where it has
    // both.
    const bool is_plain = endpoint->address == "127.0.0.1" && listen.size() == 1;
    if (is_plain && Listener::open({"::1", 0})) endpoints.push_back({"::1", endpoint->port});
  }
  return endpoints;
}

}  // namespace

Result<std::unique_ptr<Sidecar>> Sidecar::start(const ServeOptions& options,
                                                LoadedPolicy file_policy,
                                                std::function<void()> on_fatal) {
  std::unique_ptr<Sidecar> sidecar(new Sidecar());
  sidecar->on_fatal_ = std::move(on_fatal);
  const Result<void> opened = sidecar->open(options, std::move(file_policy));
  if (!opened) return tl::unexpected<Problem>(opened.error());
  return sidecar;
}

Result<void> Sidecar::open(const ServeOptions& options, LoadedPolicy file_policy) {
  Result<std::unique_ptr<Store>> store = open_store(options.db);
  if (!store) return tl::unexpected<Problem>(store.error());
  engine_.store = *std::move(store);
  Result<KeyRing> keys = open_keys(options);
  if (!keys) return tl::unexpected<Problem>(keys.error());
  engine_.keys = *std::move(keys);
  checkpoints_ = std::make_unique<CheckpointKeeper>(options.checkpoint_file(),
                                                    engine_.keys.checkpoint, engine_.clock);
  const Result<void> compared = checkpoints_->compare(*engine_.store->read());
  if (!compared) return compared;
  Result<TokenTable> tokens = open_tokens(options);
  if (!tokens) return tl::unexpected<Problem>(tokens.error());

  engine_.policy = std::make_unique<PolicyInForce>(file_policy);
  writer_ = std::make_unique<Writer>(
      engine_.surroundings(),
      [this](const Problem& problem) {
        log_line(LogLevel::error, "store-lost", {{"reason", problem.message}});
        on_fatal_();
      },
      room_beside(options.db));
  reads_ = std::make_unique<Reads>(engine_.surroundings());
  readiness_ = std::make_unique<api::Readiness>(*writer_);
  const Result<void> adopted = adopt_policy_of(file_policy);
  if (!adopted) return adopted;

  reconciler_ = std::make_unique<Reconciler>(engine_.surroundings(), *writer_, sweep_period);
  services_.reset(new api::Services{engine_.surroundings(), *writer_, *reads_, *reconciler_,
                                    &engine_.transforms, *readiness_, event_counts_, large_bodies_,
                                    merges_, *checkpoints_, alerts_, agreement_, nullptr,
                                    make_memory_store});
  notifier_ = std::make_unique<Notifier>(
      *services_,
      NotifierOptions{options.alert_origins, std::chrono::milliseconds(options.alert_pause_ms)});
  upkeep_ = std::make_unique<Upkeep>(*services_, [this] { return notifier_->troubles(); });
  const Result<void> listening = listen(options, *std::move(tokens));
  if (!listening) return listening;
  sweeper_ = std::make_unique<Sweeper>(*writer_, sweep_period, sweep, [this] {
    note_arrival();
    upkeep_->tick();
  });
  return {};
}

// Of a database that has a trail already the keys are lost, not yet to be made.
Result<KeyRing> Sidecar::open_keys(const ServeOptions& options) {
  const std::string path = options.secrets_file();
  if (file_exists(path) || !engine_.store->read()->last_audit()) return open_secrets_file(path);
  if (!options.new_secrets) {
    return fail(Code::not_found,
                path + " is missing, and with it the key of the private fields that " + options.db +
                    " holds. Restore it from its backup; or start once with --new-secrets: what "
                    "was sealed stays sealed");
  }
  if (file_exists(options.checkpoint_file())) {
    return fail(Code::not_allowed, options.checkpoint_file() +
                                       " is signed with the lost key: move it away to go on with "
                                       "new secrets");
  }
  log_line(LogLevel::warning, "new-secrets",
           {{"file", path}, {"reason", "what was sealed with the lost ones stays sealed"}});
  has_new_secrets_ = true;
  return open_secrets_file(path);
}

// The policy that was put in force over HTTP outlives a restart, until the file is changed.
Result<void> Sidecar::adopt_policy_of(const LoadedPolicy& file_policy) {
  LoadedPolicy chosen = file_policy;
  const auto way = way_of_migration(*engine_.store->read());
  if (!way) return tl::unexpected<Problem>(way.error());
  if (*way) {
    // Until it is accepted or undone, its policy is the one that the records are of.
    chosen = {(*way)->policy, (*way)->text, (*way)->migrating};
    const bool is_other = chosen.policy->sha256 != file_policy.policy->sha256;
    log_line(is_other ? LogLevel::warning : LogLevel::info, "policy-from-migration",
             {{"sha256", chosen.policy->sha256}});
    return put_in_force(chosen, nullptr);
  }
  const StartingPolicy starting = choose_starting_policy(*engine_.store->read(), file_policy.text);
  if (!starting.from_file) {
    PolicyReading reading = parse_policy(starting.text);
    if (reading.policy != nullptr) {
      chosen = {std::move(reading.policy), starting.text};
      log_line(LogLevel::info, "policy-from-store", {{"sha256", chosen.policy->sha256}});
    }
  }
  return put_in_force(chosen, &file_policy.text);
}

Result<void> Sidecar::put_in_force(const LoadedPolicy& chosen, const std::string* file_text) {
  WriteJob job;
  job.actor = "truce";
  job.work = [&](Context& context) -> Result<Json> {
    if (file_text != nullptr) note_policy_file(context, *file_text);
    Result<Json> adopted = adopt_policy(context, *chosen.policy, chosen.text);
    Json body{{"version", program_version}, {"policy", chosen.policy->sha256}};
    if (has_new_secrets_) body["new_secrets"] = "what was sealed with the lost ones stays sealed";
    write_audit(context, {"start", {}, {}, {}, std::move(body)});
    return adopted;
  };
  job.on_commit = [&] { engine_.policy->put(chosen); };
  const Result<Json> adopted = writer_->run(std::move(job));
  if (!adopted) return tl::unexpected<Problem>(adopted.error());
  api::log_adopted(*adopted);
  return {};
}

void Sidecar::note_arrival() {
  const LoadedPolicy in_force = engine_.policy->for_work();
  if (!in_force.migrating) return;
  const Result<Json> carrying = reads_->run(
      [](Reader& reader) -> Result<Json> { return Json(is_carrying(reader.store)); });
  if (carrying && !carrying->get<bool>()) engine_.policy->arrive(in_force.migrating.get());
}

Result<TokenTable> Sidecar::open_tokens(const ServeOptions& options) {
  token_file_ = options.token_file.empty() ? options.made_token_file() : options.token_file;
  if (options.token_file.empty() && !file_exists(token_file_)) {
    const Result<std::string> made = create_token_file(token_file_);
    if (!made) return tl::unexpected<Problem>(made.error());
  }
  return read_token_file(token_file_);
}

Result<void> Sidecar::listen(const ServeOptions& options, TokenTable tokens) {
  Result<std::vector<Endpoint>> endpoints = endpoints_of(options.listen);
  if (!endpoints) return tl::unexpected<Problem>(endpoints.error());
  HttpServerOptions http;
  http.listen = *std::move(endpoints);
  http.host_names = options.host_names;
  http.origins = options.origins;
  http.tokens = std::move(tokens);
  http.token_source = options.token_file.empty() ? TokenSource::made : TokenSource::given;
  http.limits.workers = static_cast<std::size_t>(options.workers);
  server_ = std::make_unique<HttpServer>(std::move(http),
                                         api::routes_of(api::all_calls(*services_)), engine_.clock);
  services_->traffic = [this] { return server_->stats(); };
  return server_->start();
}

Sidecar::~Sidecar() { stop(std::chrono::milliseconds(0)); }

void Sidecar::stop(std::chrono::milliseconds patience) {
  if (stopped_) return;
  stopped_ = true;
  // Stop listening, drain, last commit, close.
  if (server_) server_->stop(patience);
  if (reconciler_) reconciler_->stop();
  if (sweeper_) sweeper_->stop();
  if (notifier_) notifier_->stop();
  if (writer_) writer_->stop();
  const bool lost = writer_ && writer_->trouble() && is_fatal(*writer_->trouble());
  if (upkeep_ && !lost) upkeep_->finish();
}

}  // namespace truce::cli
