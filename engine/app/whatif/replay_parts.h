// What every replay of the log works with. All of it outlives the replay.
#pragma once

#include <functional>
#include <memory>

#include "engine/app/context.h"

namespace truce {

using ScratchStores = std::function<std::unique_ptr<Store>()>;

struct ReplayParts {
  Store& store;  // is only read, a short view at a time
  PolicyPtr policy;
  const Secrets& secrets;
  Transforms* transforms = nullptr;
  Time now;
  ScratchStores scratch;  // an empty store, for one record and for a moment
  std::function<void(std::size_t done, std::size_t of)> progress = nullptr;  // of the records
};

// The log may be longer than one replay keeps in mind; then it begins later, and what came before
// is taken as it stands.
struct LogPart {
  Time since = Time::beginning();
  std::size_t events_max = 1'000'000;
};

}  // namespace truce
