// What the handlers work with. All of it outlives the server.
#pragma once

#include <functional>

#include "engine/app/agreement.h"
#include "engine/app/whatif/replay_parts.h"
#include "engine/runtime/reads.h"
#include "engine/runtime/reconciler.h"
#include "engine/runtime/writer.h"
#include "sidecar/alerts/alert_board.h"
#include "sidecar/api/body.h"
#include "sidecar/api/event_counts.h"
#include "sidecar/api/open_merges.h"
#include "sidecar/api/readiness.h"
#include "sidecar/checkpoint_keeper.h"
#include "sidecar/http/traffic.h"

namespace truce::api {

struct Services {
  Surroundings surroundings;
  Writer& writer;
  Reads& reads;
  Reconciler& reconciler;
  Transforms* transforms;  // any thread may use it
  Readiness& readiness;
  EventCounts& event_counts;
  LargeBodies& large_bodies;
  OpenMerges& merges;
  CheckpointKeeper& checkpoints;
  AlertBoard& alerts;
  AgreementKeeper& agreement;
  std::function<TrafficCounts()> traffic;  // null until there is a server
  ScratchStores scratch = nullptr;         // null: nothing can be simulated
};

}  // namespace truce::api
