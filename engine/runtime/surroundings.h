// What the writer and the readers work with. All of it outlives them.
#pragma once

#include "engine/app/context.h"
#include "engine/runtime/policy_in_force.h"

namespace truce {

struct Surroundings {
  Store& store;
  Clock& clock;
  Ids& ids;
  PolicyInForce& policy;
  const Secrets& secrets;
  Transforms* transforms = nullptr;
};

}  // namespace truce
