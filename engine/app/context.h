// What every use case works with: one transaction, one policy, one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/core/normalize/normalize.h"
#include "engine/core/policy/policy.h"
#include "engine/port/clock.h"
#include "engine/port/store.h"

namespace truce {

// Keys that never enter the database. Kept in a file of mode 0600 beside it.
struct Secrets {
  std::string seal_key;   // 32 bytes: private fields of raw events and of the audit trail
  std::string token_key;  // signs the single-use tokens of the operator's answers
};

struct Migrating;  // migrating.h

struct Context {
  Transaction& store;
  const Policy& policy;
  Ids& ids;
  Time now;
  Transforms* transforms = nullptr;
  const Secrets& secrets;
  std::string actor;  // who asks: the token's name, or what the request says
  bool writes_nothing = false;  // nothing new is planned to be written
  std::optional<std::uint64_t> creates_left = {};  // none: as many as are wanted
  // The records are on their way from one schema to the other; null: all are of the policy's.
  const Migrating* migrating = nullptr;

  // Before it nothing may come any more that a history must be kept for.
  Time history_horizon() const { return now - policy.history_window; }
};

}  // namespace truce
