// What the calls stand on, without a process: a store in memory, and nothing that runs.
#pragma once

#include <memory>

#include "engine/runtime/random_ids.h"
#include "engine/runtime/system_clock.h"
#include "engine/store/memory/memory_store.h"
#include "sidecar/api/calls.h"

namespace truce::test {

struct MemoryServices {
  std::unique_ptr<Store> store = make_memory_store();
  SystemClock clock;
  RandomIds ids;
  Secrets secrets;
  PolicyInForce policy{{std::make_shared<const Policy>(), ""}};
  Surroundings surroundings{*store, clock, ids, policy, secrets, nullptr};
  Writer writer{surroundings, nullptr};
  Reads reads{surroundings};
  Reconciler reconciler{surroundings, writer, std::chrono::hours(1)};
  api::Readiness readiness{writer};
  api::EventCounts event_counts;
  api::LargeBodies large_bodies;
  api::OpenMerges merges;
  CheckpointKeeper checkpoints{"/nowhere", {}, clock};
  AlertBoard alerts;
  AgreementKeeper agreement;
  api::Services services{surroundings, writer,       reads,        reconciler,       nullptr,
                         readiness,    event_counts, large_bodies, merges,           checkpoints,
                         alerts,       agreement,    nullptr,      make_memory_store};
};

}  // namespace truce::test
