#include "sidecar/cli/open_engine.h"

#include "engine/app/migrations.h"
#include "engine/core/policy/parse_policy.h"
#include "engine/store/sqlite/sqlite_store.h"
#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

bool is_postgres(const std::string& db) {
  return db.rfind("postgresql://", 0) == 0 || db.rfind("postgres://", 0) == 0;
}

Result<LoadedPolicy> stored_policy(Store& store) {
  const std::unique_ptr<ReadView> view = store.read();
  const std::optional<std::string> text = view->find_meta("policy");
  if (!text) return fail(Code::not_found, "the database has no policy yet: it was never served");
  PolicyReading reading = parse_policy(*text);
  if (reading.policy == nullptr) {
    return fail(Code::policy_value, "the database's policy is one that this version refuses");
  }
  return LoadedPolicy{std::move(reading.policy), *text};
}

Result<std::unique_ptr<Store>> open_file(const std::string& db, const SqliteOptions& options) {
  if (is_postgres(db)) {
    return fail(Code::store_failed,
                "this build stores in SQLite only: give --db the path of a file");
  }
  return open_sqlite_store(db, options);
}

Result<void> expect_file(const std::string& db) {
  if (is_postgres(db) || file_exists(db)) return {};
  return fail(Code::not_found, "there is no database at " + db);
}

Result<KeyRing> keys_beside(const std::string& db) {
  const std::string path = db + ".secrets";
  if (is_postgres(db) || file_exists(path)) return read_secrets_file(path);
  return fail(Code::not_found, "there is no " + path +
                                   ": what is private in a database is read with the keys that "
                                   "were made with it; copy the original's .secrets file there");
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& db) { return open_file(db, {}); }

Result<std::unique_ptr<Store>> open_existing_store(const std::string& db) {
  if (const auto there = expect_file(db); !there) return tl::unexpected<Problem>(there.error());
  SqliteOptions options;
  options.leaves_no_trace = true;
  return open_file(db, options);
}

Result<std::unique_ptr<Engine>> open_engine(const std::string& db) {
  auto engine = std::make_unique<Engine>();
  if (const auto there = expect_file(db); !there) return tl::unexpected<Problem>(there.error());
  Result<KeyRing> keys = keys_beside(db);
  if (!keys) return tl::unexpected<Problem>(keys.error());
  engine->keys = *std::move(keys);
  Result<std::unique_ptr<Store>> store = open_existing_store(db);
  if (!store) return tl::unexpected<Problem>(store.error());
  engine->store = *std::move(store);
  Result<LoadedPolicy> policy = stored_policy(*engine->store);
  if (!policy) return tl::unexpected<Problem>(policy.error());
  auto way = way_of_migration(*engine->store->read());
  if (!way) return tl::unexpected<Problem>(way.error());
  if (*way) policy = LoadedPolicy{(*way)->policy, (*way)->text, (*way)->migrating};
  engine->policy = std::make_unique<PolicyInForce>(*std::move(policy));
  return engine;
}

Result<Json> run_once(Engine& engine, const std::string& actor,
                      const std::function<Result<Json>(Context&)>& work) {
  const LoadedPolicy in_force = engine.policy->for_work();
  const std::unique_ptr<Transaction> transaction = engine.store->begin();
  Context context{*transaction,       *in_force.policy,   engine.ids, engine.clock.now(),
                  &engine.transforms, engine.keys.secrets, actor};
  context.migrating = in_force.migrating.get();
  const Result<Json> answer = work(context);
  if (!answer) return answer;
  const Result<void> committed = transaction->commit();
  if (!committed) return tl::unexpected<Problem>(committed.error());
  return answer;
}

Result<Json> read_once(Engine& engine, const std::function<Result<Json>(Reader&)>& work) {
  const PolicyPtr policy = engine.policy->policy();
  const std::unique_ptr<ReadView> view = engine.store->read();
  Reader reader{*view, *policy, engine.keys.secrets, engine.clock.now()};
  Result<Json> answer = work(reader);
  if (const std::optional<Problem> failure = view->failure()) {
    return tl::unexpected<Problem>(*failure);
  }
  return answer;
}

}  // namespace truce::cli
