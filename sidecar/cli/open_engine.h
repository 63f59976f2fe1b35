// The store, its keys and its policy: what serving and the commands on a database begin with.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/app/records.h"
#include "engine/runtime/random_ids.h"
#include "engine/runtime/surroundings.h"
#include "engine/runtime/system_clock.h"
#include "engine/transform/transform_process.h"
#include "sidecar/secrets_file.h"

namespace truce::cli {

// `store-failed` for a database that this build has no store for.
Result<std::unique_ptr<Store>> open_store(const std::string& db);
// For a command: `not-found` where there is none, and none is made; `store-locked` when a server is
// running on it.
Result<std::unique_ptr<Store>> open_existing_store(const std::string& db);

struct Engine {
  std::unique_ptr<Store> store;
  KeyRing keys;
  SystemClock clock;
  RandomIds ids;
  TransformProcess transforms{child_program_beside_this_one()};
  std::unique_ptr<PolicyInForce> policy;

  Surroundings surroundings() { return {*store, clock, ids, *policy, keys.secrets, &transforms}; }
};

// An existing store with its policy and keys.
Result<std::unique_ptr<Engine>> open_engine(const std::string& db);

// One transaction of one job, committed.
Result<Json> run_once(Engine& engine, const std::string& actor,
                      const std::function<Result<Json>(Context&)>& work);
Result<Json> read_once(Engine& engine, const std::function<Result<Json>(Reader&)>& work);

}  // namespace truce::cli
