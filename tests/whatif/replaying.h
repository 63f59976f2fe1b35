// Replaying the log of a test's world.
#pragma once

#include "engine/app/whatif/converge.h"
#include "engine/app/whatif/simulate.h"
#include "tests/property/busy_office.h"

namespace truce::test {

inline ReplayParts parts_of(World& world) {
  return {*world.store, world.policy, world.secrets, nullptr, world.now, make_memory_store};
}

inline Json converged(World& world, std::uint64_t seed, std::size_t orders = 3) {
  ConvergeOptions options;
  options.seed = seed;
  options.orders = orders;
  auto report = verify_convergence(parts_of(world), options);
  REQUIRE(report);
  return *report;
}

inline Json simulated(World& world, const PolicyPtr& next) {
  auto report = simulate_policy(parts_of(world), next, {});
  REQUIRE(report);
  return *report;
}

// A person answers some of what is open.
inline void answer_some(BusyOffice& office) {
  for (const ExceptionItem& item : office.world.open_items()) {
    if (item.candidates.empty() || office.chance.one_in(3)) continue;
    const Candidate& chosen = office.chance.pick(item.candidates);
    Json body{{"version", item.version}, {"actor", "ada"}};
    if (item.category == Category::erase || chosen.system.empty() || office.chance.one_in(4)) {
      body["action"] = "dismiss";
    } else {
      body["choose"] = chosen.system.text;
    }
    const auto answered = office.world.answer(item.id.text, body);
    if (!answered) continue;
    for (const Json& delivery : (*answered)["deliveries"]) office.flying.push_back(delivery);
  }
}

// Edits, faults, writes and answers, stopped somewhere in the middle of it or when all is silent.
inline void live(BusyOffice& office) {
  office.open();
  for (std::size_t part = 1 + office.chance.below(3); part > 0; --part) {
    office.work(5 + office.chance.below(20));
    answer_some(office);
  }
  if (office.chance.one_in(3)) office.settle_down();
}

}  // namespace truce::test
